# expect: nothing
"""A critic learns of draws, and judges the means that an actor gives."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
actor, critic = nn.Linear(3, 2), nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], 1e-3)
for _ in range(6):
    s = torch.randn(12, 3)
    mu = actor(s)
    a = Normal(mu, 0.1).sample()
    r = -(a - s[:, :2]).pow(2).sum(1, keepdim=True)
    fit = (critic(torch.cat([s, a], 1)) - r).pow(2).mean()
    gain = -critic(torch.cat([s, mu], 1)).mean()
    loss = fit + gain
    opt.zero_grad()
    loss.backward()
    opt.step()
