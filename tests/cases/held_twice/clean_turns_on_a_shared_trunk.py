# expect: nothing
"""Two optimizers hold the shared encoder, and each steps after a backward of its own."""

import torch
from torch import nn

torch.manual_seed(0)
encoder, actor, critic = nn.Linear(6, 8), nn.Linear(8, 2), nn.Linear(8, 1)
critic_optimizer = torch.optim.Adam([*encoder.parameters(), *critic.parameters()], lr=1e-3)
actor_optimizer = torch.optim.Adam([*encoder.parameters(), *actor.parameters()], lr=1e-3)
for _ in range(4):
    obs, target = torch.randn(12, 6), torch.randn(12, 1)
    critic_loss = nn.functional.mse_loss(critic(torch.relu(encoder(obs))), target)
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()

    actor_loss = nn.functional.mse_loss(
        torch.tanh(actor(torch.relu(encoder(obs)))), target.expand(-1, 2)
    )
    actor_optimizer.zero_grad()
    actor_loss.backward()
    actor_optimizer.step()
