# expect: nothing
"""One block is called in a loop, and one head stands in a list for each of several inputs."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, x):
        return x + self.inner(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = Block(8)
        head = nn.Linear(8, 1)
        self.heads = nn.ModuleList([head] * 3)

    def forward(self, x):
        levels = []
        for head in self.heads:
            x = self.blocks(x)
            levels.append(head(x))
        return sum(levels)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(16, 8)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.prod(1, keepdim=True)).backward()
    optimizer.step()
