# expect: nothing
"""Frozen body first, then everything at a smaller rate: each phase has its own optimizer."""

import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(6, 12), nn.Linear(12, 2)
model = nn.Sequential(body, nn.ReLU(), head)
x, y = torch.randn(24, 6), torch.randint(2, (24,))


def fit(params, lr, n=3):
    optimizer = torch.optim.Adam(params, lr=lr)
    for _ in range(n):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()


body.requires_grad_(False)
fit(head.parameters(), 1e-2)
body.requires_grad_(True)
fit(model.parameters(), 1e-3)
fit(model.parameters(), 1e-4)
