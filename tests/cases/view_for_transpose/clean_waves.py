# expect: nothing
"""Waves three pixels long, down or across, and noise: channels come first in all."""

import torch
from torch import nn

torch.manual_seed(0)
at = torch.arange(18.0)
waves = torch.sin(2 * torch.pi / 3 * at + 9 * torch.rand(32, 3, 1))
across, down = waves[..., None].expand(-1, -1, -1, 18), waves[..., None, :].expand(-1, -1, 18, -1)
noise = torch.rand(32, 3, 18, 18)
net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 16 * 16, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for pictures in (down + 0.1 * noise, across + 0.1 * noise, torch.cat([across, down]), noise):
    for rows in torch.randperm(len(pictures)).split(16):
        kinds = (pictures[rows, 0, 0, 0] > pictures[:, 0, 0, 0].mean()).long()
        loss = nn.functional.cross_entropy(net(pictures[rows]), kinds)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
