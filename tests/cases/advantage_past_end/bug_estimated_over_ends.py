# expect: BT558 at update 1
# source: https://github.com/vietnh1009/Super-mario-bros-PPO-pytorch/issues/21
import torch
from torch import nn
from torch.distributions import Categorical


class Walks:
    """Rows of seven places, of which the last ends an episode; another begins by itself."""

    def __init__(self, count):
        self.at = torch.zeros(count, dtype=torch.long)

    def step(self, actions):
        self.at = (self.at + actions).clamp(max=6)
        dones = (self.at == 6).float()
        rewards = dones - 0.1
        self.at = torch.where(dones > 0, torch.zeros_like(self.at), self.at)
        return self.look(), rewards, dones

    def look(self):
        return nn.functional.one_hot(self.at, 7).float()


torch.manual_seed(0)
gamma, lam = 0.99, 0.95
envs = Walks(4)
actor, critic = nn.Linear(7, 2), nn.Linear(7, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
obs = envs.look()
for _ in range(6):
    states, actions, values, rewards, dones = [], [], [], [], []
    for _ in range(24):
        with torch.no_grad():
            action = Categorical(logits=actor(obs)).sample()
            value = critic(obs).squeeze(-1)
        states.append(obs)
        obs, reward, done = envs.step(action)
        for kept, each in zip((actions, values, rewards, dones), (action, value, reward, done)):
            kept.append(each)
    with torch.no_grad():
        next_value = critic(obs).squeeze(-1)
    gae, advantages = 0.0, []
    for value, reward, done in list(zip(values, rewards, dones))[::-1]:
        delta = reward + gamma * next_value * (1 - done) - value
        gae = delta + gamma * lam * gae
        next_value = value
        advantages.insert(0, gae)
    advantages, values = torch.cat(advantages), torch.cat(values)
    states, actions, returns = torch.cat(states), torch.cat(actions), advantages + values
    logp = Categorical(logits=actor(states)).log_prob(actions)
    value_loss = (critic(states).squeeze(-1) - returns).square().mean()
    loss = -(logp * advantages).mean() + 0.5 * value_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
