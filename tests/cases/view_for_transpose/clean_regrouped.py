# expect: nothing
"""Flattened pictures, groups of channels, patches and a shuffle: views that are meant."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.point = nn.Conv2d(8, 8, 1)
        self.head = nn.Linear(16, 3)
        self.boxes = nn.Linear(8 * 64, 5 * 4)

    def forward(self, x):
        b = len(x)
        x = torch.relu(self.conv(x))
        x = x.view(b, 2, 4, 8, 8).transpose(1, 2).reshape(b, 8, 8, 8)  # a shuffle of channels
        groups = self.point(x).reshape(b, 4, -1)  # group norm by hand
        x = ((groups - groups.mean(-1, keepdim=True)) / groups.std(-1, keepdim=True)).view_as(x)
        patches = x.reshape(b, 8, 2, 4, 2, 4).permute(0, 2, 4, 1, 3, 5).reshape(b, 4, 128)
        tokens = patches.view(b, 4, 8, 16).mean(2)
        return self.head(tokens).mean(1), self.boxes(x.flatten(1)).view(b, 5, 4)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(4):
    x, y = torch.randn(6, 1, 8, 8), torch.randint(3, (6,))
    scores, boxes = net(x)
    loss = nn.functional.cross_entropy(scores, y) + boxes.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
