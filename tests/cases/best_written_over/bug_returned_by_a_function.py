# expect: BT412
# source: github.com/nnaisense/bayesian-flow-networks, issue 2: the best is what validate() returned last
"""An evaluation compares its error with the best, and returns its own."""

import copy
import math

import torch
from torch import nn


@torch.no_grad()
def evaluate(net, x, y, best, kept):
    net.eval()
    error = nn.functional.mse_loss(net(x), y).item()
    if error < best:
        kept["net"] = copy.deepcopy(net.state_dict())
    net.train()
    return error


torch.manual_seed(0)
x = torch.randn(96, 5)
y = x.sum(1, keepdim=True)
net, kept = nn.Linear(5, 1), {}
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
best_error = math.inf
for epoch in range(4):
    for rows, targets in zip(x[:64].split(16), y[:64].split(16)):
        loss = nn.functional.mse_loss(net(rows), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    best_error = evaluate(net, x[64:], y[64:], best=best_error, kept=kept)
net.load_state_dict(kept["net"])
