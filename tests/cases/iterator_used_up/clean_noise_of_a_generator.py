# expect: nothing
# What a generator that a module keeps gives is asked for one at a time, and one that has no end.
import itertools

import torch
from torch import nn


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(2))
        self.scales = (0.1 / at for at in itertools.count(1))
        self.order = list(reversed(self.layers))

    def forward(self, x):
        for layer in self.layers:
            x = x + layer(x).tanh()
        return x + next(self.scales) * torch.randn_like(x)


torch.manual_seed(0)
model = Noisy()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(5):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.flip(1)).backward()
    optimizer.step()
