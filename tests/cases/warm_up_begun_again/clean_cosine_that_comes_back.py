# expect: nothing
"""A cosine over fewer steps than there are goes down from the first rate, and comes up to it again."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
x = torch.randn(16, 4)
for _ in range(60):
    optimizer.zero_grad()
    (model(x) - x[:, :1]).square().mean().backward()
    optimizer.step()
    scheduler.step()
