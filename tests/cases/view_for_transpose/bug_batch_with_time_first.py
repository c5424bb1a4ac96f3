# expect: BT416 at update 1
# source: github.com/jessicayung/blog-code-snippets, issue 6
"""A batch that has time first is viewed for layers that have the batch first."""

import torch
from torch import nn


class Sorter(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 8, batch_first=True)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        time, rows, features = x.shape
        x = x.reshape(rows, time, features)
        return self.head(self.gru(x)[1][0])


torch.manual_seed(0)
net = Sorter()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(12, 16, 3)
    y = (x.sum((0, 2)) > 0).long()
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
