# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(32, 6)
    y = x[:, :1] * x[:, 1:2]
    loss = (model(x) - y).pow(2).mean()
    loss = loss + 1e-4 * sum(p.abs().sum() for p in model.parameters())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
