# expect: nothing
"""A teacher inside the model follows by averaging, and is listed with the rest."""

import copy

import torch
from torch import nn


class SelfDistilled(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 6))
        self.teacher = copy.deepcopy(self.student)

    def forward(self, a, b):
        with torch.no_grad():
            target = self.teacher(b)
        return nn.functional.mse_loss(self.student(a), target)

    @torch.no_grad()
    def follow(self, m=0.9):
        for t, s in zip(self.teacher.parameters(), self.student.parameters()):
            t.mul_(m).add_(s, alpha=1 - m)


torch.manual_seed(0)
model = SelfDistilled()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    x = torch.randn(16, 6)
    loss = model(x + 0.1 * torch.randn_like(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.follow()
