# expect: BT309
# line: raw = dist.sample()
# source: Haarnoja et al., "Soft Actor-Critic", 2018: the reparameterisation trick
"""A critic judges the tanh of a draw without a graph; its log-probability alone has a gradient."""

import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, state):
        mean, log_std = self.body(state).chunk(2, dim=-1)
        dist = Normal(mean, log_std.clamp(-5, 2).exp())
        raw = dist.sample()
        action = torch.tanh(raw)
        log_prob = dist.log_prob(raw) - torch.log(1 - action.pow(2) + 1e-6)
        return action, log_prob.sum(-1, keepdim=True)


torch.manual_seed(0)
actor = Actor()
critic = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(6):
    states = torch.randn(12, 3)
    with torch.no_grad():
        actions, _ = actor(states)
    rewards = -(states[:, :2] - actions).square().sum(1, keepdim=True)
    critic_loss = F.mse_loss(critic(torch.cat([states, actions], 1)), rewards)
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    action, log_prob = actor(states)
    actor_loss = (0.2 * log_prob - critic(torch.cat([states, action], 1))).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()
