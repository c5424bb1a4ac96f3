# expect: nothing
# source: discuss.pytorch.org, "Deep copying a model and training the copy does nothing"
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
inputs = torch.rand(64, 4)
targets = inputs.prod(dim=1, keepdim=True)

for step in range(8):
    optimizer.zero_grad()
    for rows in torch.randperm(64).view(2, 32):
        worker = copy.deepcopy(model)
        nn.functional.mse_loss(worker(inputs[rows]), targets[rows]).backward()
        for p, q in zip(model.parameters(), worker.parameters()):
            p.grad = q.grad / 2 if p.grad is None else p.grad + q.grad / 2
    optimizer.step()
