# expect: nothing
"""Soft actor-critic with a few actions: the critic weighs the policy's chances of one state."""

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=-1))
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
policy_optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
for _ in range(8):
    state, action = torch.randn(32, 4), torch.randint(0, 3, (32, 1))
    wanted = state[:, :1] * (action == 1) - state[:, 1:2] * (action == 2)
    critic_loss = nn.functional.mse_loss(critic(state).gather(1, action), wanted)
    critic_optimizer.zero_grad()
    critic_loss.backward()
    critic_optimizer.step()

    chances = policy(state)
    values = critic(state)
    policy_loss = (chances * (0.2 * (chances + 1e-8).log() - values)).sum(dim=1).mean()
    policy_optimizer.zero_grad()
    policy_loss.backward()
    policy_optimizer.step()
