# expect: BT558 at update 1
# source: https://github.com/RITCHIEHuang/MAGAIL/issues/2
import torch
from torch import nn
from torch.distributions import Categorical


class Memory:
    def __init__(self, gamma=0.99, lam=0.9):
        self.gamma, self.lam = gamma, lam
        self.states, self.actions, self.rewards, self.masks = [], [], [], []

    def push(self, state, action, reward, mask):
        self.states.append(state)
        self.actions.append(action)
        self.rewards.append(reward)
        self.masks.append(mask)

    def estimate(self, values, last):
        rewards, masks = torch.tensor(self.rewards), torch.tensor(self.masks)
        following = torch.cat([values[1:], last])
        deltas = rewards + self.gamma * following * masks - values
        advantages, running = torch.zeros(len(rewards)), 0.0
        for t in range(len(rewards) - 1, -1, -1):
            running = deltas[t] + self.gamma * self.lam * running
            advantages[t] = running
        return advantages


class Corridor:
    def reset(self):
        self.at = 0
        return self.look()

    def step(self, action):
        self.at += action + 1
        return self.look(), 1.0 - action, self.at >= 5

    def look(self):
        return nn.functional.one_hot(torch.tensor(min(self.at, 5)), 6).float()


torch.manual_seed(0)
actor, critic = nn.Linear(6, 2), nn.Linear(6, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
env = Corridor()
state = env.reset()
for _ in range(6):
    memory = Memory()
    for _ in range(40):
        with torch.no_grad():
            action = Categorical(logits=actor(state)).sample().item()
        following, reward, done = env.step(action)
        memory.push(state, action, reward, 0.0 if done else 1.0)
        state = following
        if done:
            state = env.reset()
    states, actions = torch.stack(memory.states), torch.tensor(memory.actions)
    values = critic(states).squeeze(-1)
    with torch.no_grad():
        advantages = memory.estimate(values.detach(), critic(state))
    logp = Categorical(logits=actor(states)).log_prob(actions)
    loss = -(logp * advantages).mean() + (values - advantages - values.detach()).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
