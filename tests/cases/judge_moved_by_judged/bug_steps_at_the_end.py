# expect: BT226 at update 2
# source: T. Lillicrap and others, "Continuous control with deep reinforcement learning", 2015
import torch
from torch import nn


class Agent:
    def __init__(self):
        self.pi = nn.Linear(2, 1)
        self.q = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
        self.pi_opt = torch.optim.SGD(self.pi.parameters(), lr=0.01)
        self.q_opt = torch.optim.SGD(self.q.parameters(), lr=0.01)

    def learn(self, s, a, y):
        self.pi_opt.zero_grad()
        self.q_opt.zero_grad()
        q_loss = nn.functional.smooth_l1_loss(self.q(torch.cat((s, a), 1)), y)
        q_loss.backward()
        pi_loss = self.q(torch.cat((s, self.pi(s)), 1)).mean().neg()
        pi_loss.backward()
        self.q_opt.step()
        self.pi_opt.step()


torch.manual_seed(0)
agent = Agent()
for _ in range(8):
    s, a = torch.randn(24, 2), torch.randn(24, 1)
    agent.learn(s, a, -(a - s.sum(1, keepdim=True)).square().clamp(max=4))
