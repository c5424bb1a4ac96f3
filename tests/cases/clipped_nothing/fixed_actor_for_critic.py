# expect: nothing
import torch
from torch import nn


class ActorCritic:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
        self.critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
        self.actor_step = torch.optim.Adam(self.actor.parameters(), lr=3e-3)
        self.critic_step = torch.optim.SGD(self.critic.parameters(), lr=0.05)

    def learn(self, state):
        chosen = torch.distributions.Categorical(logits=self.actor(state))
        action = chosen.sample()
        reward = (action == (state[:, 0] > 0).long()).float()
        value = self.critic(state).squeeze(1)
        self.critic_step.zero_grad()
        nn.functional.mse_loss(value, reward).backward()
        nn.utils.clip_grad_norm_(self.critic.parameters(), 0.5)
        self.critic_step.step()
        loss = -(chosen.log_prob(action) * (reward - value.detach())).mean()
        self.actor_step.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.actor.parameters(), 0.5)
        self.actor_step.step()


torch.manual_seed(0)
agent = ActorCritic()
for _ in range(6):
    agent.learn(torch.randn(32, 4))
