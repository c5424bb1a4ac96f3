# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

torch.manual_seed(0)


class Trainer:
    def __init__(self):
        self.model = nn.Linear(4, 1)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        warm_up = LinearLR(self.optimizer, 0.2, total_iters=3)
        fall = CosineAnnealingLR(self.optimizer, T_max=9)
        self.scheduler = SequentialLR(self.optimizer, [warm_up, fall], milestones=[3])

    def load(self, kept):
        self.model.load_state_dict(kept["model"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.scheduler.load_state_dict(kept["scheduler"])

    def train(self, epochs):
        for _ in range(epochs):
            x = torch.randn(16, 4)
            self.optimizer.zero_grad()
            (self.model(x) - x[:, :1]).pow(2).mean().backward()
            self.optimizer.step()
            self.scheduler.step()
        parts = ("model", "optimizer", "scheduler")
        return {name: getattr(self, name).state_dict() for name in parts}


first, second = Trainer(), Trainer()
second.load(first.train(10))
second.train(5)
