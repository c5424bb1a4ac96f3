# expect: nothing
"""An adversary beside the actor: it makes small what the actor makes large."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
other = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
other_optimizer = torch.optim.Adam(other.parameters(), lr=1e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(20):
    s, a, b = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1, torch.rand(32, 1) * 2 - 1
    reward = -((a - s[:, :1].tanh() - 0.1 * b) ** 2)
    critic_loss = F.mse_loss(critic(torch.cat([s, a, b], 1)), reward)
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()
    actor_loss = -critic(torch.cat([s, actor(s), other(s).detach()], 1)).mean()
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()
    other_loss = critic(torch.cat([s, actor(s).detach(), other(s)], 1)).mean()
    other_optimizer.zero_grad()
    other_loss.backward()
    other_optimizer.step()
