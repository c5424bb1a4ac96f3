# expect: nothing
"""The critic's loss is added to the actor's; each optimizer steps on its own part."""

import torch
from torch import nn

torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(6, 1)
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-2)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
for _ in range(6):
    state, action = torch.randn(16, 4), torch.randn(16, 2)
    value = critic(torch.cat([state, action], 1))
    critic_optimizer.zero_grad()
    (value - state.sum(1, keepdim=True)).pow(2).mean().backward()
    critic_optimizer.step()
    actor_optimizer.zero_grad()
    (-critic(torch.cat([state, actor(state)], 1)).mean()).backward()
    actor_optimizer.step()
