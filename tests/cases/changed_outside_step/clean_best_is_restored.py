# expect: nothing
"""The averaged weights are swapped in for evaluation, and the best are loaded again at the end."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
averaged = torch.optim.swa_utils.AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
X = torch.randn(40, 4)
Y = X.sum(1, keepdim=True)
best, best_loss = None, float("inf")
for epoch in range(3):
    for i in range(0, 30, 10):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(X[i : i + 10]), Y[i : i + 10]).backward()
        optimizer.step()
    averaged.update_parameters(model)
    kept = copy.deepcopy(model.state_dict())
    model.load_state_dict(averaged.module.state_dict())
    with torch.no_grad():
        loss = nn.functional.mse_loss(model(X[30:]), Y[30:]).item()
    if loss < best_loss:
        best, best_loss = copy.deepcopy(model.state_dict()), loss
    model.load_state_dict(kept)
model.load_state_dict(best)
