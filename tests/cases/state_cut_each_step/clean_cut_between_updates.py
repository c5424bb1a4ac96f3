# expect: nothing
"""A long sequence goes on over the updates, its state cut off between them."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(4, 60, 3)
cell, head = nn.GRUCell(3, 8), nn.Linear(8, 3)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=1e-2)
h = torch.zeros(4, 8)
for start in range(0, 54, 6):
    h = h.detach()
    loss = torch.zeros(())
    for t in range(start, start + 6):
        h = cell(x[:, t], h)
        loss = loss + nn.functional.mse_loss(head(h), x[:, t + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
