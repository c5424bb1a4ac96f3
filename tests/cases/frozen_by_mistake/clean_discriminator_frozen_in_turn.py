# expect: nothing
"""The discriminator is frozen for the generator's step, and trained in its own."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G, D = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
opts = {"g": torch.optim.Adam(G.parameters(), 1e-3), "d": torch.optim.Adam(D.parameters(), 1e-3)}
for _ in range(3):
    real, fake = torch.randn(8, 2) + 1, G(torch.randn(8, 3))
    D.requires_grad_(True)
    opts["d"].zero_grad()
    (F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()).backward()
    opts["d"].step()
    D.requires_grad_(False)
    opts["g"].zero_grad()
    F.softplus(-D(fake)).mean().backward()
    opts["g"].step()
