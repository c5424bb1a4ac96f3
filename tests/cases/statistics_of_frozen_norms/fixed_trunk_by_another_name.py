# expect: nothing
import torch
from torch import nn


class Trunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 12)
        self.norm = nn.BatchNorm1d(12)

    def forward(self, x):
        return torch.relu(self.norm(self.linear(x)))


class Transfer(nn.Module):
    def __init__(self, trunk):
        super().__init__()
        self.trunk = trunk.requires_grad_(False)
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        return self.head(self.trunk(x))


def train(model, parameters, x, y, rested=()):
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(15):
        model.train()
        for each in rested:
            each.eval()
        rows = torch.randint(0, len(x), (32,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()


torch.manual_seed(0)
x = torch.randn(300, 6)
trunk = Trunk()
first = nn.Sequential(trunk, nn.Linear(12, 3))
train(first, first.parameters(), x, x[:, :3].argmax(1))
model = Transfer(trunk)
train(model, model.head.parameters(), x + 1.5, (x[:, 0] > 0).long(), [trunk])
