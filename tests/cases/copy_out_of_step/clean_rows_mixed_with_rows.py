# expect: nothing
# Shares of two rows of one tensor, and of two models' parameters.
import copy

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 3)
target = copy.deepcopy(net).requires_grad_(False)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
share = 0.3
for _ in range(6):
    x = torch.randn(16, 6)
    mixed = share * x + (1 - share) * x[torch.randperm(16)]
    loss = nn.functional.mse_loss(net(mixed), target(mixed)) + net.weight.square().sum() * 1e-3
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for old, new in zip(target.parameters(), net.parameters(), strict=True):
            old.copy_((1 - share) * old + share * new)
