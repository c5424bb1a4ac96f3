# expect: nothing
"""Two heads are given what a trunk makes of six states, written as ones and zeros."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(6, 16), nn.Tanh())
actor, critic = nn.Linear(16, 3), nn.Linear(16, 1)
parameters = [*trunk.parameters(), *actor.parameters(), *critic.parameters()]
optimizer = torch.optim.RMSprop(parameters, lr=3e-3)
best = torch.tensor([0, 2, 1, 1, 0, 2])
for _ in range(20):
    states = torch.randint(0, 6, (64,))
    hidden = trunk(F.one_hot(states, 6).float())
    policy = torch.distributions.Categorical(logits=actor(hidden))
    actions = policy.sample()
    rewards = (actions == best[states]).float() + 0.1 * torch.randn(64)
    values = critic(hidden).squeeze(1)
    advantages = (rewards - values).detach()
    loss = F.mse_loss(values, rewards) - (policy.log_prob(actions) * advantages).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
