# expect: nothing
"""Objects that refer to each other keep their graph until Python's collector finds them."""

import torch
from torch import nn


class Squashed:
    """A draw that remembers what it was made of, as transformed distributions do."""

    def __init__(self, mean):
        self.mean = mean
        self.found = {}

    def sample(self):
        self.value = torch.tanh(self.mean + torch.randn_like(self.mean))
        self.found[id(self.value)] = self
        return self.value


torch.manual_seed(0)
x = torch.randn(64, 4)
y = x[:, :2].tanh()
actor = nn.Linear(4, 2)
optimizer = torch.optim.Adam(actor.parameters(), lr=1e-2)
for _ in range(5):
    for rows in torch.randperm(64).split(8):
        draw = Squashed(actor(x[rows]))
        loss = (draw.sample() - y[rows]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
