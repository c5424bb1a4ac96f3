# expect: nothing
"""A discriminator trains for a while, and is then held by a rate of zero."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for i in range(9):
    if i == 3:
        optimizer.param_groups[0]["lr"] = 0.0
    x = torch.randn(16, 6)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
