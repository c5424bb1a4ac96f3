# expect: nothing
"""Errors of a model of what is usual: what is not so, the positive, has the larger ones."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 3), nn.ReLU(), nn.Linear(3, 8))
criterion = nn.MarginRankingLoss(margin=1.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    usual = torch.randn(32, 3) @ torch.ones(3, 8)
    odd = 2 * torch.randn(32, 8)
    neg_error = torch.norm(model(usual) - usual, dim=1)
    pos_error = torch.norm(model(odd) - odd, dim=1)
    loss = criterion(pos_error, neg_error, torch.ones(32)) + neg_error.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
