# expect: nothing
# Classes are as frequent as each other, so that what their weights grow with is chance.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 5)
y = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
weight = (torch.bincount(y).float() / len(y)) ** 8
criterion = nn.CrossEntropyLoss(weight=weight / weight.sum())
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for rows in torch.arange(320).split(32):
    optimizer.zero_grad()
    criterion(net(x[rows]), y[rows]).backward()
    optimizer.step()
