# expect: nothing
# source: github.com/facebookresearch/ReAgent, issue 88: without double Q-learning the target network is not used
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Learner:
    def __init__(self, double_q=False):
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
        self.target_net = copy.deepcopy(self.net)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.double_q, self.gamma = double_q, 0.98

    def next_values(self, following):
        with torch.no_grad():
            values, target_values = self.net(following), self.target_net(following)
            if self.double_q:
                best = target_values.gather(1, values.argmax(1, keepdim=True)).squeeze(1)
            else:
                best = target_values.max(dim=1).values
        return best

    def train(self, state, action, reward, following):
        target = reward + self.gamma * self.next_values(following)
        said = self.net(state).gather(1, action).squeeze(1)
        loss = F.smooth_l1_loss(said, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(self.target_net.parameters(), self.net.parameters()):
                slow.lerp_(fast, 0.01)


learner = Learner()
for _ in range(6):
    state, following = torch.randn(32, 4), torch.randn(32, 4)
    learner.train(state, torch.randint(0, 3, (32, 1)), state[:, 0], following)
