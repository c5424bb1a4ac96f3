# expect: nothing
"""The rate is raised by hand after the load, and there is no schedule."""

import torch
from torch import nn

torch.manual_seed(0)


def train(lr, kept=None):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    if kept:
        model.load_state_dict(kept[0])
        optimizer.load_state_dict(kept[1])
        optimizer.param_groups[0]["lr"] = lr
    for _ in range(5):
        x = torch.randn(16, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.state_dict(), optimizer.state_dict()


train(0.05, train(0.01))
