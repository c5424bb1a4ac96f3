# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

for _ in range(8):
    x = torch.rand(10, 1) * 4 - 2
    y = torch.sin(x + torch.rand(1))
    learner = copy.deepcopy(model)
    inner = torch.optim.SGD(learner.parameters(), lr=0.05)
    for _ in range(3):
        inner.zero_grad()
        nn.functional.mse_loss(learner(x), y).backward()
        inner.step()
    optimizer.zero_grad()
    for p, q in zip(model.parameters(), learner.parameters()):
        p.grad = p.data - q.data
    optimizer.step()
