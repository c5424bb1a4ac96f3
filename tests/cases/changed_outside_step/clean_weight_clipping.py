# expect: nothing
"""A Wasserstein critic: its weights are clipped after each of its steps."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.RMSprop(G.parameters(), lr=5e-4)
opt_c = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
for _ in range(3):
    for _ in range(3):
        real = torch.randn(16, 2) + 3
        fake = G(torch.randn(16, 3)).detach()
        opt_c.zero_grad()
        (critic(fake).mean() - critic(real).mean()).backward()
        opt_c.step()
        for p in critic.parameters():
            p.data.clamp_(-0.05, 0.05)
    opt_g.zero_grad()
    (-critic(G(torch.randn(16, 3))).mean()).backward()
    opt_g.step()
