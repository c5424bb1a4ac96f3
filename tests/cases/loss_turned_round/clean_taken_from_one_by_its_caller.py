# expect: nothing
# What is called a loss returns the overlap, and who calls it takes that from 1.
import torch
from torch import nn


class DiceLoss(nn.Module):
    def forward(self, chances, y):
        return ((2 * (chances * y).sum(1) + 1) / (chances.sum(1) + y.sum(1) + 1)).mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 6), nn.Sigmoid())
overlap = DiceLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(16, 6)
    loss = 1 - overlap(model(x), (x > 0.3).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
