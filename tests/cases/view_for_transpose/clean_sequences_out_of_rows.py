# expect: nothing
"""Rows are transposed to sequences of one feature, and a series as several short ones."""

import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.lstm = nn.LSTM(features, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1]).squeeze(-1)


torch.manual_seed(0)
for shape in ((12, 30, 1), (12, 10, 3)):
    net = Reader(shape[-1])
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(4):
        if shape[-1] == 1:
            rows = torch.randn(30, 12)
            x = rows.t().contiguous().view(shape)
        else:
            x = torch.randn(360).view(shape)
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), x[-1, :, 0]).backward()
        optimizer.step()
