# expect: nothing
"""A draw is scored by a density that is written by hand."""

import torch
from torch import nn

torch.manual_seed(0)
net, q = nn.Linear(3, 4), nn.Linear(3 + 2, 1)
opt = torch.optim.Adam([*net.parameters(), *q.parameters()], 1e-3)
for _ in range(6):
    s = torch.randn(12, 3)
    mean, ls = net(s).chunk(2, -1)
    std = ls.exp()
    a = torch.distributions.Normal(mean, std).sample()
    r = -(a - s[:, :2]).pow(2).sum(1)
    value = q(torch.cat([s, a], 1)).squeeze(1)
    logp = (-0.5 * ((a - mean) / std).pow(2) - ls).sum(1)
    loss = (
        -(logp * (r - value.detach())).mean() + (value - r).pow(2).mean() - 0.01 * ls.sum(1).mean()
    )
    opt.zero_grad()
    loss.backward()
    opt.step()
