# expect: nothing
"""A probe takes a second draw, while the decoder's lets gradients through."""

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(0)
enc, dec, probe = nn.Linear(6, 4), nn.Linear(2, 6), nn.Linear(2, 3)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *probe.parameters()], 1e-3)
prior = Normal(0.0, 1.0)
for _ in range(6):
    x = torch.randn(12, 6)
    mean, raw = enc(x).chunk(2, -1)
    q = Normal(mean, raw.exp())
    z = q.rsample()
    side = nn.functional.cross_entropy(probe(q.sample()), x[:, :3].argmax(1))
    loss = (dec(z) - x).pow(2).mean() + 0.1 * kl_divergence(q, prior).mean() + side
    opt.zero_grad()
    loss.backward()
    opt.step()
