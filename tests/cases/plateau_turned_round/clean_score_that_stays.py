# expect: nothing
"""A score that rises and stays, watched for its rise: the rate is cut when it should be."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(160, 4)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=1)
for epoch in range(10):
    for rows in torch.randperm(120).split(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        plateau.step((model(x[120:]).argmax(1) == y[120:]).float().mean())
