# expect: nothing
"""A rate that is cut to a thousandth once, and one whose decay is switched off by a gamma of 1."""

import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR, StepLR

torch.manual_seed(0)
for made in (lambda o: StepLR(o, 20, gamma=1e-3), lambda o: ExponentialLR(o, gamma=1)):
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    scheduler = made(optimizer)
    for _ in range(30):
        x = torch.randn(32, 6)
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
        optimizer.step()
        scheduler.step()
