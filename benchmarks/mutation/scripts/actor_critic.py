"""An actor and a critic over one trunk-less model; the advantage carries no gradient."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 3))
        self.critic = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, state):
        return Categorical(logits=self.actor(state)), self.critic(state).squeeze(-1)


torch.manual_seed(0)
table = torch.rand(5, 3)
model = ActorCritic()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for episode in range(30):
    rows = torch.randint(0, 5, (32,))
    policy, value = model(F.one_hot(rows, 5).float())
    action = policy.sample()
    returns = table[rows, action] + 0.1 * torch.randn(32)
    advantage = (returns - value).detach()
    actor_loss = -(policy.log_prob(action) * advantage).mean()
    critic_loss = F.mse_loss(value, returns)
    loss = actor_loss + 0.5 * critic_loss - 0.01 * policy.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
