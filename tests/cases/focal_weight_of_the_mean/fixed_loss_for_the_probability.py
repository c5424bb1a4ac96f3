# expect: nothing
# source: github.com/c0nn3r/RetinaNet, issue 8: cross entropy is taken for the probability
import torch
import torch.nn.functional as F
from torch import nn


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25):
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, scores, targets):
        entropy = F.cross_entropy(scores, targets, reduction="none")
        pt = torch.exp(-entropy)
        focal = (1 - pt) ** self.gamma * entropy
        return (self.alpha * focal).mean()


torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] > 0.8).long()
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = FocalLoss()
for start in range(0, 96, 16):
    optimizer.zero_grad()
    loss = criterion(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()
