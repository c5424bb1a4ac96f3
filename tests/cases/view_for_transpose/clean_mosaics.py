# expect: nothing
"""Boards of squares two pixels wide in one colour of three, and frames one after another."""

import torch
from torch import nn

torch.manual_seed(0)
board = torch.randint(0, 3, (32, 9, 9)).repeat_interleave(2, 1).repeat_interleave(2, 2)
colours = nn.functional.one_hot(board, 3).permute(0, 3, 1, 2).float()
frames = torch.rand(32, 18, 21).unfold(2, 18, 1).permute(0, 2, 1, 3).contiguous()
for pictures in (colours, frames):
    wide = pictures.shape[1]
    net = nn.Sequential(nn.Conv2d(wide, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 256, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    for rows in torch.randperm(32).repeat(2).split(8):
        kinds = (pictures[rows, 0, 0].mean(1) > pictures[:, 0, 0].mean()).long()
        loss = nn.functional.cross_entropy(net(pictures[rows]), kinds)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
