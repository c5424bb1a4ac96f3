# expect: nothing
"""A critic judges an actor's draw, whose entropy has a gradient as well."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 4))
critic = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
a_opt = torch.optim.Adam(actor.parameters(), 1e-3)
c_opt = torch.optim.Adam(critic.parameters(), 1e-3)
for _ in range(8):
    s = torch.randn(12, 3)
    mean, log_std = actor(s).chunk(2, -1)
    with torch.no_grad():
        a = Normal(mean, log_std.exp()).sample()
    c_loss = (
        (critic(torch.cat([s, a], 1)) + (a - s[:, :2]).pow(2).sum(1, keepdim=True)).pow(2).mean()
    )
    c_opt.zero_grad()
    c_loss.backward()
    c_opt.step()
    pi = Normal(mean, log_std.exp())
    loss = (
        -critic(torch.cat([s, pi.rsample()], 1)) - 0.01 * pi.entropy().sum(1, keepdim=True)
    ).mean()
    a_opt.zero_grad()
    loss.backward()
    a_opt.step()
