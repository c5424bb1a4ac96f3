# expect: BT553 at update 1
# source: "Reinforcement Learning (DQN) Tutorial", pytorch.org
import copy

import numpy as np
import torch
from torch import nn


class Agent:
    def __init__(self, gamma=0.95):
        self.q = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 3))
        self.q_target = copy.deepcopy(self.q)
        self.opt = torch.optim.RMSprop(self.q.parameters(), lr=1e-3)
        self.gamma, self.rng, self.buffer = gamma, np.random.default_rng(0), []

    def act(self, obs):
        if self.rng.random() < 0.3:
            return int(self.rng.integers(3))
        with torch.no_grad():
            return int(self.q(obs[None]).argmax(1))

    def train(self):
        rows = [self.buffer[int(i)] for i in self.rng.integers(len(self.buffer), size=16)]
        obs, acts, rews, obs_next, dones = map(list, zip(*rows, strict=True))
        acts = torch.tensor(acts).unsqueeze(-1)
        q_all = self.q(torch.stack(obs))
        q_now = torch.amax(q_all, dim=1, keepdim=True)
        with torch.no_grad():
            best = self.q_target(torch.stack(obs_next)).amax(dim=1, keepdim=True)
            goes_on = 1 - torch.tensor(dones).unsqueeze(-1)
            target = torch.tensor(rews).unsqueeze(-1) + self.gamma * best * goes_on
        loss = ((q_now - target) ** 2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return acts, q_all.detach()


torch.manual_seed(1)
agent, obs = Agent(), torch.randn(3)
for step in range(50):
    act = agent.act(obs)
    obs_next, done = torch.randn(3), float(step % 8 == 7)
    agent.buffer.append((obs, act, float(act == int(obs.argmax())), obs_next, done))
    obs = obs_next
    if step > 15:
        agent.train()
    if step % 15 == 0:
        agent.q_target.load_state_dict(agent.q.state_dict())
