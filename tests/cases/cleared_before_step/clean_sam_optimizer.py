# expect: nothing
# Sharpness-aware minimisation as an optimizer around another one.
import torch
from torch import nn


class SAM(torch.optim.Optimizer):
    def __init__(self, params, inner, rho=0.05, **options):
        super().__init__(params, dict(rho=rho, **options))
        self.inner = inner(self.param_groups, **options)
        self.param_groups = self.inner.param_groups

    @torch.no_grad()
    def climb(self):
        grads = [p.grad.norm() for group in self.param_groups for p in group["params"]]
        scale = 1 / (torch.stack(grads).norm() + 1e-12)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["old"] = p.data.clone()
                p.add_(group["rho"] * scale * p.grad)
        self.zero_grad()

    @torch.no_grad()
    def descend(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.data = self.state[p]["old"]
        self.inner.step()
        self.zero_grad()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9)
for x in torch.randn(5, 8, 4):
    y = (x[:, 0] > 0).long()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.climb()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.descend()
