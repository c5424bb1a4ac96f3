# expect: BT112 at update 2
# source: discuss.pytorch.org, "clip_grad_norm_ has no effect": the parameters of another network were given
import copy

import torch
from torch import nn


class Agent:
    def __init__(self):
        self.online = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.target = copy.deepcopy(self.online)
        self.optimizer = torch.optim.Adam(self.online.parameters(), lr=1e-3)

    def learn(self, s, a, r, s2):
        with torch.no_grad():
            goal = r + 0.9 * self.target(s2).max(1).values
        q = self.online(s).gather(1, a[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(q, goal)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.target.parameters(), 1.0)
        self.optimizer.step()


torch.manual_seed(0)
agent = Agent()
for _ in range(4):
    agent.learn(torch.randn(10, 4), torch.randint(0, 2, (10,)), torch.rand(10), torch.randn(10, 4))
