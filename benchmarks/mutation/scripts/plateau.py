"""A regression that keeps its best weights and cuts the rate when held-back rows get no better."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
x = torch.randn(240, 6)
y = torch.sin(x[:, 0]) + x[:, 1]
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=1)
best, state = 0.0, None
for epoch in range(10):
    for rows in torch.randperm(200).split(25):
        prediction = model(x[rows]).squeeze(1)
        loss = F.mse_loss(prediction, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = F.mse_loss(model(x[200:]).squeeze(1), y[200:]).item()
    score = 1 - error / y[200:].var().item()
    scheduler.step(score)
    if score > best:
        best, state = score, copy.deepcopy(model.state_dict())
model.load_state_dict(state)
