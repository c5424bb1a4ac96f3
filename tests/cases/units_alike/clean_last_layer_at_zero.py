# expect: nothing
"""The last layer begins at zero, and so do two adapters; gates of one number each begin at one."""

import torch
from torch import nn


class Adapted(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.base = nn.Linear(width, width)
        self.down = nn.Parameter(torch.randn(2, width) / width)
        self.up = nn.Parameter(torch.zeros(width, 2))
        self.gate = nn.Parameter(torch.ones(width, 1))

    def forward(self, x):
        return self.base(x) + (x @ self.down.T @ self.up.T) * self.gate.T


torch.manual_seed(0)
model = nn.Sequential(Adapted(6), nn.ReLU(), Adapted(6), nn.ReLU(), nn.Linear(6, 1))
nn.init.zeros_(model[-1].weight)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1] + 1).backward()
    optimizer.step()
