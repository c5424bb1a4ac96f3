# expect: nothing
# After each evaluation training goes back to the best weights that there were, at a smaller rate.
from copy import deepcopy

import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x, held = torch.randn(64, 6), torch.randn(64, 6)
best, kept = float("inf"), deepcopy(model.state_dict())
for epoch in range(4):
    model.train()
    for _ in range(4):
        loss = nn.functional.mse_loss(model(x), x[:, :1].sin())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        found = nn.functional.mse_loss(model(held), held[:, :1].sin()).item() * (1 + epoch % 2)
    if found < best:
        best, kept = found, deepcopy(model.state_dict())
    else:
        model.load_state_dict(kept)
        optimizer.param_groups[0]["lr"] /= 2
