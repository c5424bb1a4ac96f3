# expect: BT401 at update 1
# source: "Using a target size that is different to the input size", discuss.pytorch.org
# The forecaster gives one hour, and is compared with the next four.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.SmoothL1Loss()
for _ in range(8):
    series = torch.randn(24, 16).cumsum(1)
    loss = criterion(model(series[:, :12]), series[:, 12:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
