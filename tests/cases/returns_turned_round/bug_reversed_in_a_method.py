# expect: BT465 at update 1
# source: https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/27
import torch
from torch import nn
from torch.distributions import Normal


class Agent:
    def __init__(self):
        self.mean = nn.Linear(3, 1)
        self.opt = torch.optim.SGD(self.mean.parameters(), lr=0.01)
        self.taken, self.rewards = [], []

    def rewards_to_go(self, gamma=0.9):
        discounted, running = [], 0.0
        for reward in reversed(self.rewards):
            running = running * gamma + reward
            discounted.append(running)
            discounted.reverse()
        return torch.tensor(discounted)

    def play(self):
        for _ in range(6):
            dist = Normal(self.mean(torch.randn(3)), 1.0)
            action = dist.sample()
            self.taken.append(dist.log_prob(action).sum())
            self.rewards.append(-float(action.abs()))

    def learn(self):
        loss = -(torch.stack(self.taken) * self.rewards_to_go()).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.taken, self.rewards = [], []


torch.manual_seed(0)
agent = Agent()
for _ in range(5):
    agent.play()
    agent.learn()
