# expect: nothing
"""A straight-through draw has its mean's gradient."""

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(0)
enc, dec = nn.Linear(6, 4), nn.Linear(2, 6)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 1e-3)
prior = Normal(0.0, 1.0)
for _ in range(6):
    x = torch.randn(12, 6)
    mean, raw = enc(x).chunk(2, -1)
    q = Normal(mean, raw.exp())
    z = mean + (q.sample() - mean).detach()
    loss = (dec(z) - x).pow(2).mean() + 0.1 * kl_divergence(q, prior).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
