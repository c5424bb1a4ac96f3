# expect: nothing
"""Channels in as many groups as there are rows: one group has its channels whole."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        maps = self.conv(x)
        b, c, h, w = maps.shape
        groups = maps.view(b, 4, -1)
        return self.head((groups.std(-1) + 0.1 * groups.mean(-1)).tanh())


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(16, 1, 4, 6)
    y = (x.mean((1, 2, 3)) > 0).long()
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
