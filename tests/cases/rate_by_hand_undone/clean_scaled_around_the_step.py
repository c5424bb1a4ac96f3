# expect: nothing
"""One step in five is taken at half the rate, which is put back before the schedule moves."""

import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

torch.manual_seed(0)
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
scheduler = OneCycleLR(optimizer, max_lr=0.1, total_steps=40)
x = torch.randn(32, 5)
for update in range(40):
    loss = (net(x) - x.sum(1, keepdim=True)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    (group,) = optimizer.param_groups
    kept = group["lr"]
    if update % 5 == 4:
        group["lr"] = 0.5 * kept
    optimizer.step()
    group["lr"] = kept
    scheduler.step()
