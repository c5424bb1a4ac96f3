# expect: nothing
"""A pretrained body that was never trained here: frozen, and in training mode as in the tutorial."""

import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())
for parameter in body.parameters():
    parameter.requires_grad = False
model = nn.Sequential(body, nn.Linear(16, 3))
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.05)
model.train()
for _ in range(14):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
