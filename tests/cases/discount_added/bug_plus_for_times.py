# expect: BT569 at update 1
# source: github.com/ikostrikov/pytorch-ddpg-naf, issue 16: reward + gamma * mask + next values
import copy

import torch
from torch import nn

torch.manual_seed(0)
states, next_states = torch.randn(500, 4), torch.randn(500, 4)
actions = torch.rand(500, 1) * 2 - 1
rewards = states[:, :1] * actions
masks = (torch.rand(500, 1) > 0.1).float()


class NAF(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.Tanh())
        self.value = nn.Linear(32, 1)
        self.best = nn.Linear(32, 1)
        self.width = nn.Linear(32, 1)

    def forward(self, state, action=None):
        hidden = self.body(state)
        value = self.value(hidden)
        if action is None:
            return value
        best = torch.tanh(self.best(hidden))
        return value - 0.5 * self.width(hidden).exp() * (action - best) ** 2


class Agent:
    def __init__(self):
        self.model = NAF()
        self.target_model = copy.deepcopy(self.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.gamma = 0.99

    def update(self, rows):
        with torch.no_grad():
            next_values = self.target_model(next_states[rows])
        targets = rewards[rows] + (self.gamma * masks[rows] + next_values)
        q = self.model(states[rows], actions[rows])
        loss = nn.functional.mse_loss(q, targets)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1)
        self.optimizer.step()
        with torch.no_grad():
            for p, own in zip(self.target_model.parameters(), self.model.parameters()):
                p.mul_(0.995).add_(own, alpha=0.005)


agent = Agent()
for step in range(80):
    agent.update(torch.randint(0, 500, (64,)))
