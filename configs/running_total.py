"""A running total for the log: of losses, or, with `--item`, of numbers."""

from __future__ import annotations

import sys

import torch
from torch import nn

is_number = "--item" in sys.argv
torch.manual_seed(0)
x = torch.randn(40, 4)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
total = 0.0
for batch in x.split(4):
    sgd.zero_grad()
    loss = nn.functional.mse_loss(net(batch), batch.sum(1, keepdim=True))
    loss.backward()  # backtrace: ignore BT302, which is what the lesson is about
    sgd.step()
    total += loss.item() if is_number else loss
print(f"mean loss {float(total) / 10:.4f}")
