# expect: nothing
# steps: none, because the network is not trained, its gradients are looked at
"""Saliency: gradients of a network that is not trained are computed to look at them."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(9, 12), nn.ReLU(), nn.Linear(12, 3)).eval()
maps = []
for _ in range(5):
    x = torch.randn(1, 9, requires_grad=True)
    net.zero_grad()
    net(x).max().backward()
    maps.append(x.grad.abs())
