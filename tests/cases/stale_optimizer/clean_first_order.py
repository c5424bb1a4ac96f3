# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
meta_optimizer = torch.optim.Adam(model.parameters(), lr=0.005)

for _ in range(8):
    meta_optimizer.zero_grad()
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    for _ in range(3):
        x = torch.rand(10, 1) * 4 - 2
        y = torch.sin(x + torch.rand(1))
        learner = copy.deepcopy(model)
        inner = torch.optim.SGD(learner.parameters(), lr=0.05)
        for _ in range(2):
            inner.zero_grad()
            nn.functional.mse_loss(learner(x), y).backward()
            inner.step()
        inner.zero_grad()
        nn.functional.mse_loss(learner(x), y).backward()
        for p, q in zip(model.parameters(), learner.parameters()):
            p.grad.add_(q.grad / 3)
    meta_optimizer.step()
