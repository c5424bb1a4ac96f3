# expect: nothing
import torch
from torch import nn
from torch.optim import Optimizer


class PlainSGD(Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * p.grad


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 9), nn.ReLU(), nn.Linear(9, 1))
optimizer = PlainSGD(model.parameters(), lr=0.05)
for _ in range(4):
    x = torch.randn(12, 3)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
