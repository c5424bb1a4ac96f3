# expect: nothing
"""Time stands first, as the layer wants it; and one long sequence with a target at each time."""

import torch
from torch import nn

torch.manual_seed(0)
gru, head = nn.GRU(6, 12), nn.Linear(12, 2)
optimizer = torch.optim.Adam([*gru.parameters(), *head.parameters()], lr=1e-2)
for _ in range(4):
    x = torch.randn(9, 20, 6)
    states, _ = gru(x)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(states[-1]), (x[0, :, 0] > 0).long()).backward()
    optimizer.step()
    x = torch.randn(15, 1, 6)
    states, _ = gru(x)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(states).squeeze(1), (x[:, 0, 0] > 0).long()).backward()
    optimizer.step()
