# expect: nothing
# The optimizer is of another kind than torch's: its rate is an attribute, which the schedule reads.
import torch
from torch import nn


class Schedule:
    def __init__(self, optimizer, decay=0.9):
        self.optimizer = optimizer
        self.decay = decay
        self.most = optimizer.lr
        self.epochs = 0

    def step(self):
        self.epochs += 1
        self.optimizer.lr = self.most * self.decay**self.epochs


class Descent:
    def __init__(self, parameters, lr):
        self.parameters = list(parameters)
        self.lr = lr

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self):
        for parameter in self.parameters:
            parameter -= self.lr * parameter.grad


def fit(model, optimizer, schedule, inputs, targets):
    for _ in range(3):
        for rows in torch.randperm(64).split(16):
            loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
descent = Descent(model.parameters(), lr=0.1)
inputs = torch.randn(64, 6)
fit(model, descent, Schedule(descent), inputs, inputs.sum(1, keepdim=True))
