# expect: nothing
"""The policy is held to where it began, and leaves it."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
start = copy.deepcopy(policy).requires_grad_(False)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.5)
for _ in range(12):
    x = torch.randn(16, 6)
    now, then = policy(x).log_softmax(-1), start(x).log_softmax(-1)
    drift = F.kl_div(now, then, reduction="batchmean", log_target=True)
    loss = F.nll_loss(now, x[:, :3].argmax(1)) + 0.1 * drift
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
