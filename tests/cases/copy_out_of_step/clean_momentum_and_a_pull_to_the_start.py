# expect: nothing
"""Momentum by hand, and weights that are pulled back to where they began."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 3)
momentum = [torch.zeros_like(each) for each in net.parameters()]
start_weights = [each.detach().clone() for each in net.parameters()]
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    for buffer, each in zip(momentum, net.parameters(), strict=True):
        buffer.mul_(0.9).sub_(each.grad, alpha=1 - 0.9)
        each.grad.copy_(-buffer)
    optimizer.step()
    with torch.no_grad():
        for each, first in zip(net.parameters(), start_weights, strict=True):
            each.sub_(0.01 * (each - first))
