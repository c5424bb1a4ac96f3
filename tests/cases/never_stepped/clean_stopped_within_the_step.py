# expect: nothing
"""Adam goes first for as many updates as are asked for, here none; LBFGS is stopped in its step."""

from itertools import count

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
adam = torch.optim.Adam(net.parameters())
lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=40, line_search_fn="strong_wolfe")
x = torch.linspace(-1, 1, 40).unsqueeze(1)
line = nn.Linear(1, 1)
sgd = torch.optim.SGD(line.parameters(), lr=0.1)
for _ in range(5):  # what a straight line can tell
    sgd.zero_grad()
    nn.functional.mse_loss(line(x), torch.sin(3 * x)).backward()
    sgd.step()
rest = torch.sin(3 * x) - line(x).detach()
calls = count()


def closure():
    if next(calls) == 8:
        raise KeyboardInterrupt
    loss = (net(x) - rest).pow(2).mean()
    lbfgs.zero_grad()
    loss.backward()
    return loss


def train(updates):
    for _ in range(updates):
        loss = (net(x) - rest).pow(2).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    try:
        lbfgs.step(closure)
    except KeyboardInterrupt:
        print("stopped")


train(0)
