# expect: nothing
"""A learned optimizer keeps the model in a dict, and replaces its tensors at each step."""

import torch
from torch import nn


class MetaOptimizer(nn.Module):
    def __init__(self, model, lr):
        super().__init__()
        self.info = {"model": model}
        self.lrs = nn.ParameterList([torch.full_like(p, lr) for p in model.parameters()])

    def step(self):
        model = self.info["model"]
        for lr, (name, value) in zip(self.lrs, list(model._parameters.items())):
            new = value.detach() - lr * value.grad.detach()
            new.retain_grad()
            model._parameters[name] = new

    def zero_grad(self):
        for value in self.info["model"].parameters():
            value.grad = None


torch.manual_seed(0)
x, y = torch.randn(16, 3), torch.randn(16, 1)
model = nn.Linear(3, 1)
meta = MetaOptimizer(model, 0.1)
optimizer = torch.optim.Adam(meta.parameters(), lr=1e-3)
for _ in range(4):
    meta.zero_grad()
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    meta.step()
