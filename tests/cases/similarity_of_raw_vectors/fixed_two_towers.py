# expect: nothing
# Two towers are compared by cosines.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class TwoTowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.pictures = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 16))
        self.texts = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, pictures, texts):
        seen, read = self.pictures(pictures), self.texts(texts)
        seen, read = F.normalize(seen, dim=1), F.normalize(read, dim=1)
        return seen @ read.t() / 0.07


towers = TwoTowers()
optimizer = torch.optim.Adam(towers.parameters(), lr=1e-3)
way = torch.randn(12, 8)
for _ in range(8):
    pictures = 3 * torch.randn(16, 12)
    logits = towers(pictures, pictures @ way)
    loss = F.cross_entropy(logits, torch.arange(16))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
