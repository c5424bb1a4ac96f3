# expect: nothing
"""A term that is only told, one of no gradient, and a function of a loss that is called later."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(80, 5)
y = x[:, :1] - x[:, 1:2]
told = []
for rows in torch.randperm(80).split(16):
    out = model(x[rows])
    l1_loss = F.l1_loss(out, y[rows])
    told.append(l1_loss.item())
    with torch.no_grad():
        last_loss = F.mse_loss(model(x), y)
    size_loss = float(out.abs().mean())
    loss_fn = nn.MSELoss()
    loss = F.mse_loss(out, y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(told)
