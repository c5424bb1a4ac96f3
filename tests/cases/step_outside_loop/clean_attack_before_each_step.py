# expect: nothing
"""Adversarial training: the attack's backwards leave gradients that are cleared before the step."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
data = TensorDataset(torch.randn(32, 8), torch.randint(0, 2, (32,)))
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for x, y in DataLoader(data, batch_size=8):
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(3):
        F.cross_entropy(net(x + delta), y).backward()
        delta.data = (delta.data + 0.01 * delta.grad.sign()).clamp(-0.03, 0.03)
        delta.grad.zero_()
    optimizer.zero_grad()
    F.cross_entropy(net(x + delta.detach()), y).backward()
    optimizer.step()
