# expect: nothing
"""A draw is scored by its log-probability, and a critic of its own loss takes it."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
body, head, q = nn.Linear(3, 8), nn.Linear(8, 4), nn.Linear(8 + 2, 1)
opt = torch.optim.Adam([*body.parameters(), *head.parameters(), *q.parameters()], 1e-3)
for _ in range(6):
    s = torch.randn(12, 3)
    h = torch.tanh(body(s))
    mean, raw = head(h).chunk(2, -1)
    pi = Normal(mean, nn.functional.softplus(raw) + 0.1)
    a = pi.sample()
    r = -(a - s[:, :2]).pow(2).sum(1)
    value = q(torch.cat([h, a], 1)).squeeze(1)
    loss = (
        (-pi.log_prob(a).sum(1) * (r - value.detach())).mean()
        + (value - r).pow(2).mean()
        - 0.01 * pi.entropy().mean()
    )
    opt.zero_grad()
    loss.backward()
    opt.step()
