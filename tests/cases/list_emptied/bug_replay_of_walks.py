# expect: BT458 at update 1
# source: github.com/Itomigna2/Muesli-lunarlander, issue 1
import torch
from torch import nn


class Agent:
    """Walks about at random, and learns what a walk is worth."""

    def __init__(self):
        self.walks, self.walk = [], []
        self.net = nn.Linear(2, 1)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def play(self):
        at = torch.zeros(2)
        for _ in range(5):
            at = at + torch.randn(2)
            self.walk.append(at)
        self.walks.append(self.walk)

    def learn(self):
        for walk in self.walks:
            x = torch.stack(walk)
            loss = (self.net(x) - x.sum(1, keepdim=True)).pow(2).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        self.walk.clear()


torch.manual_seed(0)
agent = Agent()
for _ in range(3):
    agent.play()
    agent.learn()
