# expect: nothing
"""The rate is halved by hand once; the decay goes on from what it finds."""

import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR

torch.manual_seed(0)
head, body = nn.Linear(4, 1), nn.Linear(5, 4)
optimizer = torch.optim.Adam(
    [{"params": head.parameters(), "lr": 2e-2}, {"params": body.parameters(), "lr": 1e-2}]
)
scheduler = ExponentialLR(optimizer, gamma=0.99)
x = torch.randn(32, 5)
for update in range(30):
    if update == 12:
        optimizer.param_groups[0]["lr"] *= 0.5
        optimizer.param_groups[1]["lr"] = 0.0
    loss = (head(body(x)) - x.sum(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
