# expect: nothing
# The forecaster gives the next four hours.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.SmoothL1Loss()
for _ in range(8):
    series = torch.randn(24, 16).cumsum(1)
    loss = criterion(model(series[:, :12]), series[:, 12:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
