# expect: BT204 at update 2
# source: torch.nn.TransformerEncoder, PyTorch documentation: it copies the layer that it is given
"""Copies are made of one block; another that is like it is made, and never called."""

import copy

import torch
from torch import nn


def clones(module, n):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(n)])


class Regressor(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.blocks = clones(nn.Linear(width, width), 2)
        self.last = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        for block in self.blocks:
            x = x + torch.relu(block(x))
        return self.out(x)


torch.manual_seed(0)
model = Regressor()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(16, 8)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
