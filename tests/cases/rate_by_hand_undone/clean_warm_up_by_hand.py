# expect: nothing
"""The first three epochs are warmed up by hand, batch by batch; then the schedule takes over."""

import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
epochs, warm, number = 8, 18, 0
scheduler = LambdaLR(optimizer, lambda epoch: 0.5 * (1 + math.cos(math.pi * epoch / epochs)))
x = torch.randn(48, 5)
for epoch in range(epochs):
    for rows in x.split(8):
        number += 1
        if number <= warm:
            full = 0.1 * scheduler.lr_lambdas[0](epoch)
            for group in optimizer.param_groups:
                group["lr"] = full * number / warm
        loss = (net(rows) - rows.sum(1, keepdim=True)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
