# expect: nothing
"""Lookahead: an optimizer that shares its groups with the one that it steps."""

import torch
from torch import nn


class Lookahead(torch.optim.Optimizer):
    def __init__(self, inner, k=2, alpha=0.5):
        super().__init__(inner.param_groups, {})
        self.inner, self.k, self.alpha, self.count = inner, k, alpha, 0
        self.slow = [p.detach().clone() for g in self.param_groups for p in g["params"]]

    def step(self, closure=None):
        self.inner.step()
        self.count += 1
        if self.count % self.k == 0:
            fast = [p for g in self.param_groups for p in g["params"]]
            for slow, p in zip(self.slow, fast):
                slow.add_(p.detach() - slow, alpha=self.alpha)
                p.data.copy_(slow)


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = Lookahead(torch.optim.SGD(net.parameters(), lr=0.1))
for _ in range(6):
    x = torch.randn(16, 4)
    loss = nn.functional.smooth_l1_loss(net(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
