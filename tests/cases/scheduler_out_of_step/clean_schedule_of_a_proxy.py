# expect: nothing
"""A schedule is made with a proxy that hands its steps on, as Accelerate's do."""

import torch
from torch import nn


class Proxy(torch.optim.Optimizer):
    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.param_groups, self.defaults = optimizer.param_groups, optimizer.defaults

    def zero_grad(self, set_to_none=True):
        self.optimizer.zero_grad(set_to_none)

    def step(self, closure=None):
        self.optimizer.step(closure)


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = Proxy(torch.optim.SGD(model.parameters(), lr=0.1))
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
for _ in range(12):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1]).backward()
    optimizer.step()
    schedule.step()
