"""Models with a forward of their own, for derivations."""

import torch
from torch import nn


class Skip(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 3), nn.Linear(3, 2)
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return self.b(self.a(x) * self.scale + self.a(x))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 2)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.c(self.b(self.a(x).tanh()))


class HookedByFivePercent(nn.Module):
    """A hook on its weight makes every gradient a twentieth too large."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 1)
        self.fc.weight.register_hook(lambda grad: grad * 1.05)

    def forward(self, x):
        return self.fc(x)
