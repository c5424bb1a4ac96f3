# expect: nothing
"""Four micro-batches in one step of the scaler; a second optimizer has a loss of its own."""

import torch
from torch import nn

torch.manual_seed(0)
model, scale = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)), nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
other = torch.optim.SGD(scale.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
for turn, x in enumerate(torch.randn(8, 16, 6), start=1):
    scaler.scale(nn.functional.mse_loss(model(x), x[:, :1]) / 4).backward()
    other.zero_grad()
    nn.functional.mse_loss(scale(x), x[:, 1:2]).backward()
    other.step()
    if turn % 4 == 0:
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
