# expect: nothing
# Each generator is gone through once: to count, to freeze and by the optimizer.
import torch
from torch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self, net):
        self.net = net
        self.frozen = net[0].parameters()
        self.learned = net[2].parameters()
        self.set_up()

    def set_up(self):
        for weight in self.frozen:
            weight.requires_grad_(False)
        self.optimizer = torch.optim.SGD(self.learned, lr=0.1)

    def fit(self, steps):
        for _ in range(steps):
            x = torch.randn(16, 4)
            loss = nn.functional.mse_loss(self.net(x), x[:, :1])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
Trainer(net).fit(20)
