# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for _ in range(6):
    optimizer.zero_grad()
    for _ in range(2):
        x = torch.rand(10, 4)
        worker = copy.deepcopy(model)
        nn.functional.mse_loss(worker(x), x.prod(dim=1, keepdim=True)).backward()
        for p, q in zip(model.parameters(), worker.parameters()):
            p.grad = q.grad.clone() / 2 if p.grad is None else p.grad + q.grad / 2
    optimizer.step()
