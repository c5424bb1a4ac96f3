# expect: nothing
"""A function divides by ten what the schedule computes its rates from."""

import torch
from torch import nn


def cut_rate(scheduler, factor):
    scheduler.base_lrs = [factor * rate for rate in scheduler.base_lrs]


def fit(net, x, y, epochs=16):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.5)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=40)
    is_cut = False
    for epoch in range(epochs):
        for rows, targets in zip(x.split(16), y.split(16)):
            loss = nn.functional.mse_loss(net(rows), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch >= 8 and not is_cut:
            cut_rate(scheduler, 0.1)
            is_cut = True
        scheduler.step()


torch.manual_seed(0)
x = torch.randn(48, 5)
fit(nn.Linear(5, 1), x, x.sum(1, keepdim=True))
