# expect: nothing
"""Adam for the first updates, SGD for the rest: both hold everything, and only one steps."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2))
warm = torch.optim.Adam(model.parameters(), lr=1e-2)
main = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
for i in range(6):
    optimizer = warm if i < 3 else main
    x = torch.randn(10, 5)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()
