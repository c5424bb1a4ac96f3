# expect: BT479 at update 1
# line: self.table[: x.size(0)]
# source: https://github.com/KasperGroesLudvigsen/influenza_transformer/issues/9
# A table that was made for time first is added to rows; the attention is given names for its parts.
import math

import torch
from torch import nn

torch.manual_seed(4)


class PositionalEncoder(nn.Module):
    def __init__(self, width, longest=80):
        super().__init__()
        places = torch.arange(longest).unsqueeze(1)
        rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(longest, 1, width)
        table[:, 0, 0::2], table[:, 0, 1::2] = torch.sin(places * rates), torch.cos(places * rates)
        self.register_buffer("table", table)

    def forward(self, x):
        return x + self.table[: x.size(0)]


class Forecaster(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.project, self.places = nn.Linear(1, width), PositionalEncoder(width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        h = self.places(self.project(x))
        return self.head(self.attention(query=h, key=h, value=h)[0].mean(1))


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    start, rise = torch.randn(20, 1), torch.randn(20, 1)
    series = start + rise * torch.linspace(0, 1, 13)
    loss = nn.functional.mse_loss(model(series[:, :12, None]), series[:, 12:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
