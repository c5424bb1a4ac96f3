# expect: nothing
# never: BT202
# Two models one after the other; the optimizer sits in a wrapper object, not in a variable
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)


class Optim:
    def __init__(self, params):
        self.params = list(params)
        self.optimizer = torch.optim.Adam(self.params, lr=1e-2)


def train(model, optim):
    for _ in range(4):
        optim.optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optim.optimizer.step()


def net():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))


model = net()
optim = Optim(model.parameters())
train(model, optim)
model = net()
optim = Optim(model.parameters())
train(model, optim)
