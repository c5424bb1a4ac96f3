# expect: nothing
# The class that steps the scheduler is not the one that makes it.
import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR


class Loop:
    def fit(self, x, y):
        for _ in range(6):
            self.optimizer.zero_grad()
            nn.functional.mse_loss(self.model(x), y).backward()
            self.optimizer.step()
            for name in ("scheduler",):
                getattr(self, name).step()


class Task(Loop):
    def __init__(self):
        self.model = nn.Linear(4, 1)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.scheduler = ExponentialLR(self.optimizer, 0.9)


torch.manual_seed(0)
inputs = torch.randn(32, 4)
Task().fit(inputs, inputs[:, :1])
