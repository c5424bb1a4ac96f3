# expect: nothing
"""Each fold begins with the first weights and with an optimizer whose state is empty again."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(60, 6)
Y = (X[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
initial = copy.deepcopy(model.state_dict())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
empty = copy.deepcopy(optimizer.state_dict())
scores = []
for held_out in torch.arange(60).chunk(4):
    rest = torch.tensor([i for i in range(60) if i not in held_out.tolist()])
    model.load_state_dict(initial)
    optimizer.load_state_dict(empty)
    for rows in rest.split(15):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(X[rows]), Y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        scores.append((model(X[held_out]).argmax(1) == Y[held_out]).float().mean().item())
