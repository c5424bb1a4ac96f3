# expect: BT321
# source: torch.distributions, PyTorch documentation: "Pathwise derivative"
"""Maps of latents are drawn, and decoded by a transposed convolution."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(1)
enc = nn.Conv2d(1, 8, 4, 4)
dec = nn.ConvTranspose2d(4, 1, 4, 4)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 1e-3)
for _ in range(6):
    x = torch.rand(8, 1, 16, 16)
    mu, lv = enc(x).chunk(2, 1)
    q = Normal(mu, (0.5 * lv).exp())
    out = dec(q.sample())
    kl = -0.5 * (1 + lv - mu.pow(2) - lv.exp()).sum((1, 2, 3)).mean()
    loss = (out - x).pow(2).sum((1, 2, 3)).mean() + kl
    opt.zero_grad()
    loss.backward()
    opt.step()
