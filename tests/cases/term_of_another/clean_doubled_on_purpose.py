# expect: nothing
"""A part is added to itself where nothing was written over, and beside attention weights unread."""

import torch
from torch import nn


class Doubled(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 8), nn.Linear(8, 2)

    def forward(self, rows):
        x = self.first(rows)
        x = x + x
        _ = x.shape
        return self.second(torch.tanh(x))


torch.manual_seed(0)
rows = torch.randn(64, 6)
model = Doubled()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for batch in rows.split(16):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(batch), batch[:, :2]).backward()
    optimizer.step()
