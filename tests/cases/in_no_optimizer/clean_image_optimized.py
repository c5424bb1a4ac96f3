# expect: nothing
"""Feature visualization: the image is what is trained, and the network only looks at it."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3), nn.AdaptiveAvgPool2d(1))
image = torch.rand(1, 3, 12, 12, requires_grad=True)
optimizer = torch.optim.Adam([image], lr=0.05)
for _ in range(5):
    optimizer.zero_grad()
    activation = net(image)[0, 2].mean()
    (-activation).backward()
    optimizer.step()
    with torch.no_grad():
        image.clamp_(0, 1)
