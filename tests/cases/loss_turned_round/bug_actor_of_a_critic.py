# expect: BT461 at update 1
# source: github.com/philtabor/Actor-Critic-Methods-Paper-To-Code, issue 2 (why a minus?)
import copy

import torch
import torch.nn.functional as F
from torch import nn


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, state, action):
        return self.net(torch.cat([state, action], dim=1))


class Agent:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
        self.critic = Critic()
        self.critic_target = copy.deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def learn(self, state, action, reward, next_state, done):
        with torch.no_grad():
            target_q = self.critic_target(next_state, self.actor(next_state))
            target_q = reward + 0.99 * (1 - done) * target_q
        critic_loss = F.mse_loss(self.critic(state, action), target_q)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        actor_loss = self.critic(state, self.actor(state)).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        with torch.no_grad():
            for kept, new in zip(
                self.critic_target.parameters(), self.critic.parameters(), strict=True
            ):
                kept.lerp_(new, 0.01)


torch.manual_seed(0)
agent = Agent()
for _ in range(20):
    state, action = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    reward = -((action - state[:, :1].tanh()) ** 2)
    agent.learn(state, action, reward, torch.randn(32, 3), torch.zeros(32, 1))
