# expect: nothing
"""A column with a few rows far out, one of one large number, and one that is nearly always zero."""

import torch
from torch import nn

torch.manual_seed(0)
table = torch.randn(160, 5)
table[::20, 0] = 3e5
table[:, 1] = 2020.0
table[:, 2] = (torch.rand(160) < 0.02).float() * 1e-3
is_above = (table[:, 3] > 0).float()[:, None]
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
nn.init.normal_(model[0].weight, std=1e-6)  # for numbers of up to 300,000
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for epoch in range(3):
    for rows in torch.randperm(160).split(32):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(
            model(table[rows]), is_above[rows]
        ).backward()
        optimizer.step()
