# expect: nothing
"""Small numbers in SI units, which the model itself normalises before its first layer."""

import torch
from torch import nn

torch.manual_seed(0)
lengths = torch.rand(144, 4) * 1e-6
targets = lengths.sum(1, keepdim=True) * 1e6
model = nn.Sequential(nn.BatchNorm1d(4, eps=1e-20), nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for x, y in zip(lengths.split(12), targets.split(12)):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
