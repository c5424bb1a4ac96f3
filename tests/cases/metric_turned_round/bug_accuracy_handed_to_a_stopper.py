# expect: BT451 at update 1
# source: github.com/usnistgov/alignn, issue 81: here an accuracy is what a stopper is given
import copy

import torch
from torch import nn


class Stopper:
    def __init__(self, patience):
        self.patience = patience
        self.best = None
        self.waited = 0
        self.state = None

    def __call__(self, score, model):
        if self.best is None or score < self.best:
            self.best = score
            self.waited = 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience


def accuracy(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


torch.manual_seed(0)
x = torch.randn(320, 6)
y = (x[:, 0] > 0).long() * 2 + (x[:, 1] + x[:, 2] > 0).long()
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
stopper = Stopper(patience=4)
for epoch in range(6):
    for rows in torch.randperm(240).split(40):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    acc = accuracy(model, x[240:], y[240:])
    if stopper(acc, model):
        break
model.load_state_dict(stopper.state)
