# expect: nothing
"""A loss of nearly nothing, of which one hard batch makes a hundred times as much."""

import torch
from torch import nn

torch.manual_seed(108)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Dropout(0.3), nn.Linear(48, 5))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
centers = 1.5 * torch.randn(5, 16)
y = torch.randint(0, 5, (640,))
x = centers[y] + torch.randn(640, 16)
for _ in range(2):
    for i in range(0, 640, 32):
        loss = nn.functional.cross_entropy(net(x[i : i + 32]), y[i : i + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for layer in (net[0], net[3]):
                layer.weight.copy_(torch.renorm(layer.weight, 2, 0, 1.5))
