# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    inputs = torch.randn(32, 6)
    measured = torch.stack([inputs[:, 0].sin(), inputs[:, 1].abs()], 1)
    measured[torch.rand_like(measured) < 0.1] = float("nan")
    is_there = ~measured.isnan()
    error = (model(inputs) - measured.nan_to_num()) ** 2
    loss = torch.where(is_there, error, torch.zeros_like(error)).sum() / is_there.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
