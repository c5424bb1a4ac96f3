# expect: nothing
"""A critic whose targets are made of its own values: their variance says nothing of what is possible."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(critic.parameters(), lr=1e-4)
for _ in range(160):
    state = torch.randn(32, 4)
    with torch.no_grad():
        target = torch.randn(32, 1) + 0.99 * critic(torch.randn(32, 4))
    optimizer.zero_grad()
    F.mse_loss(critic(state), target).backward()
    optimizer.step()
