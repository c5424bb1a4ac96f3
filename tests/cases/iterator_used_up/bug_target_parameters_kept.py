# expect: BT435 at update 1
# source: torch.nn.Module.parameters, PyTorch documentation; "Iterator Types", The Python Language Reference
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Learner:
    def __init__(self, net):
        self.net = net
        self.slow = copy.deepcopy(net).requires_grad_(False)
        self.slow_weights = self.slow.parameters()
        self.optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

    def update(self, x, reward, following):
        wanted = reward + 0.9 * self.slow(following).squeeze(1)
        loss = nn.functional.mse_loss(self.net(x).squeeze(1), wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.follow()

    def follow(self):
        for slow, weight in zip(self.slow_weights, self.net.parameters()):
            slow.lerp_(weight.detach(), 0.02)


learner = Learner(nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1)))
for step in range(20):
    learner.update(torch.randn(16, 4), torch.randn(16), torch.randn(16, 4))
