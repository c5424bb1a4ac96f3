# expect: nothing
"""An extragradient method: two steps an iteration, each after a backward of its own."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(3):
    x = torch.randn(16, 5)
    y = x.mean(1, keepdim=True)
    start = [p.detach().clone() for p in net.parameters()]
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    optimizer.step()
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    with torch.no_grad():
        for p, old in zip(net.parameters(), start):
            p.copy_(old)
    optimizer.step()
