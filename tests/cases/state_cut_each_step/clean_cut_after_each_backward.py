# expect: nothing
"""Each chunk of a sequence has its backward, and all of them one step."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(8, 12, 3)
cell, head = nn.GRUCell(3, 8), nn.Linear(8, 3)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
for epoch in range(4):
    h = torch.zeros(8, 8)
    optimizer.zero_grad()
    for t in range(11):
        h = cell(x[:, t], h.detach())
        (nn.functional.mse_loss(head(h), x[:, t + 1]) / 11).backward()
    optimizer.step()
