# expect: nothing
"""SAM by hand: climb, take the gradient there, climb down, step."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 10), nn.Tanh(), nn.Linear(10, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
rho = 0.5
for _ in range(5):
    x = torch.randn(20, 5)
    y = x[:, :1] ** 2
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
    climbed = []
    with torch.no_grad():
        for p in model.parameters():
            e = rho * p.grad / (norm + 1e-12)
            climbed.append((p, p.clone()))
            p.add_(e)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    with torch.no_grad():
        for p, old in climbed:
            p.copy_(old)
    optimizer.step()
