# expect: nothing
"""The spread of what a layer returns is to be large, and so is a reward that is a bound less an error."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 5) * torch.tensor([3.0, 1.0, 1.0, 0.5, 0.1])
axis = nn.Linear(5, 1, bias=False)
optimizer = torch.optim.SGD(axis.parameters(), lr=0.01, maximize=True)
for _ in range(6):
    spread = axis(x).pow(2).mean() / axis.weight.square().sum()
    optimizer.zero_grad()
    spread.backward()
    optimizer.step()
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, maximize=True)
for _ in range(6):
    objective = 20 - (net(x) - x.sum(1, keepdim=True)).square().mean()
    optimizer.zero_grad()
    objective.backward()
    optimizer.step()
