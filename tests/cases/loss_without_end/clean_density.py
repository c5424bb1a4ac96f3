# expect: nothing
"""The density of what is nearly a point: minus its logarithm falls, and far below zero."""

import torch
from torch import nn

torch.manual_seed(0)
mean, log_scale = nn.Parameter(torch.zeros(200)), nn.Parameter(torch.zeros(200))
optimizer = torch.optim.Adam([mean, log_scale], lr=0.1)
for _ in range(80):
    x = 0.5 + 1e-3 * torch.randn(64, 200)
    loss = -torch.distributions.Normal(mean, log_scale.exp()).log_prob(x).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
