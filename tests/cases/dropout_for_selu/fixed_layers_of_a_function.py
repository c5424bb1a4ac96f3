# expect: nothing
"""Two hidden layers of ReLU are regularised by dropout."""

import torch
from torch import nn


def layer(taken, given, share):
    return nn.Sequential(nn.Linear(taken, given), nn.ReLU(), nn.Dropout(share))


torch.manual_seed(0)
net = nn.Sequential(layer(8, 32, 0.3), layer(32, 32, 0.3), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(64, 8)
y = (x[:, :1] > 0).float()
for rows, targets in [*zip(x.split(16), y.split(16))] * 3:
    loss = nn.functional.binary_cross_entropy_with_logits(net(rows), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
