# expect: nothing
"""Each fold begins with the first weights, in a training of its own."""

import torch
from torch import nn


def train(model, x, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for rows in torch.arange(len(x)).split(16):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 10), nn.Tanh(), nn.Linear(10, 1))
first = {name: value.clone() for name, value in net.state_dict().items()}
features = torch.randn(96, 5)
targets = features.sum(1, keepdim=True)
losses = []
for fold in range(4):
    net.load_state_dict(first)
    kept = torch.arange(96) % 4 != fold
    train(net, features[kept], targets[kept])
    with torch.no_grad():
        losses.append(nn.functional.mse_loss(net(features[~kept]), targets[~kept]).item())
