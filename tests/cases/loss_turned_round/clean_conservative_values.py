# expect: nothing
"""Conservative values: what the actor does is held down in the critic's own loss."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(20):
    s, a = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    r = -((a - s[:, :1].tanh()) ** 2)
    critic_loss = F.mse_loss(critic(torch.cat([s, a], 1)), r)
    acted = actor(s).detach()
    held_down = critic(torch.cat([s, acted], 1)).mean()
    critic_optimizer.zero_grad()
    critic_loss.backward()
    (0.1 * held_down).backward()
    critic_optimizer.step()
    actor_loss = -0.5 * critic(torch.cat([s, actor(s)], 1)).mean()
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()
