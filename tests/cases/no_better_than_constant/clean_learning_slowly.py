# expect: nothing
"""A loss that falls little by little is on its way."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 12)
y = x @ torch.randn(12, 1)
model = nn.Linear(12, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=5e-4)
for _ in range(20):
    for rows in torch.arange(256).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
