# expect: nothing
"""A regression ends in a linear layer, which begins below zero for every row."""

import torch
from torch import nn


class Yield(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 16)
        self.out = nn.Linear(16, 1)
        self.act = nn.ReLU()

    def forward(self, x):
        x = self.act(self.hidden(x))
        return self.out(x).squeeze(1)


torch.manual_seed(0)
model = Yield()
nn.init.constant_(model.out.bias, -2.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.rand(128, 4)
y = x.mean(1)
for _ in range(4):
    for rows in torch.randperm(128).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
