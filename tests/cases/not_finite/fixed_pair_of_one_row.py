# expect: nothing
# source: github.com/adambielski/siamese-triplet, issue 18: NaN after some epochs of contrastive loss
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rows = torch.randn(64, 6)
labels = (rows[:, 0] > 0).long()
encoder = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=0.01)


class Contrastive(nn.Module):
    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, one, other, alike):
        squared = (one - other).pow(2).sum(1)
        apart = F.relu(self.margin - (squared + 1e-8).sqrt()).pow(2)
        return (alike * squared + (1 - alike) * apart).mean()


criterion = Contrastive(1.0)
for update in range(16):
    left = torch.randint(0, 64, (8,))
    right = torch.randint(0, 64, (8,))
    right = torch.where(right == left, (right + 1) % 64, right)
    if update == 12:
        right[0] = left[0]
    alike = (labels[left] == labels[right]).float()
    optimizer.zero_grad()
    loss = criterion(encoder(rows[left]), encoder(rows[right]), alike)
    loss.backward()
    optimizer.step()
