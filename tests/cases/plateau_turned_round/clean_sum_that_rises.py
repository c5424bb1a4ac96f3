# expect: nothing
"""A net that learns its few rows by heart, judged by a sum over batches that is written by hand."""

import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(40, 4), torch.rand(40)
model = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
for epoch in range(8):
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[:10]), y[:10]).backward()
        optimizer.step()
    with torch.no_grad():
        held_back = sum((model(x[i : i + 5]) - y[i : i + 5]).abs().sum() for i in range(10, 40, 5))
    scheduler.step(held_back.item())
