# expect: BT480 at update 1, BT504
# source: Bishop, "Pattern Recognition and Machine Learning", 2006, section 5.2
import torch
from torch import nn


def mlp(sizes):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers)


torch.manual_seed(0)
x = torch.randn(120, 4)
y = x[:, :1] - 0.5 * x[:, 1:2]
model = mlp([4, 24, 24, 1])
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.SmoothL1Loss()
for _ in range(3):
    for rows in torch.randperm(120).split(30):
        optimizer.zero_grad()
        criterion(model(x[rows]), y[rows]).backward()
        optimizer.step()
