# expect: nothing
"""A fixed random projection: its norm is an identity."""

import torch
from torch import nn

torch.manual_seed(0)
features = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8)).eval().requires_grad_(False)
head = nn.Linear(8, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.05)
for _ in range(4):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(head(features(x)), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
