# expect: nothing
"""One activation stands in many places, and an autoencoder goes back through the layer it came by."""

import torch
from torch import nn

torch.manual_seed(0)
act = nn.ReLU()
model = nn.Sequential(nn.Linear(4, 8), act, nn.Linear(8, 8), act, nn.Linear(8, 4))
heads = nn.ModuleList([nn.Linear(4, 1)] * 2)
optimizer = torch.optim.Adam([*model.parameters(), *heads.parameters()], lr=1e-2)
for _ in range(4):
    x = torch.randn(16, 4)
    first, second = heads[0](model(x)), heads[1](model(-x))
    optimizer.zero_grad()
    (first - second - x[:, :1]).pow(2).mean().backward()
    optimizer.step()
