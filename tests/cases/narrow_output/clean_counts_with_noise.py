# expect: nothing
# Amounts are not negative; what was measured is a little below zero now and then.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(120, 4)
y = 3 * x[:, :1] * x[:, 1:2] + 0.02 * torch.randn(120, 1)
model = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1), nn.Softplus())
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(3):
    for rows in torch.randperm(120).split(30):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
