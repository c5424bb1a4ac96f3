# expect: BT210 at update 7
# source: discuss.pytorch.org, "Loss jumps at the start of every epoch": Adam made in train()
import torch
from torch import nn


class Experiment:
    def __init__(self, width=12):
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(5, width), nn.Tanh(), nn.Linear(width, 1))
        self.x = torch.randn(30, 5)
        self.y = self.x[:, :1].sin()

    def train_epoch(self):
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)
        for i in range(0, 30, 10):
            optimizer.zero_grad()
            out = self.model(self.x[i : i + 10])
            nn.functional.mse_loss(out, self.y[i : i + 10]).backward()
            optimizer.step()

    def run(self):
        for _ in range(3):
            self.train_epoch()


Experiment().run()
