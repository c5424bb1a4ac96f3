# expect: nothing
"""A classifier drops what a SELU gives by the dropout that is made for it."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.first, self.last = nn.Linear(8, width), nn.Linear(width, 1)
        self.dropout = nn.AlphaDropout(0.2)

    def forward(self, x):
        return self.last(self.dropout(nn.functional.selu(self.first(x))))


torch.manual_seed(0)
net = Classifier()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(64, 8)
y = (x[:, :1] > 0).float()
for rows, targets in [*zip(x.split(16), y.split(16))] * 3:
    loss = nn.functional.binary_cross_entropy_with_logits(net(rows), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
