# expect: nothing
"""Texts of as many tokens as there are of them, with time first; and a target at every time."""

import torch
from torch import nn

torch.manual_seed(0)
lstm, head = nn.LSTM(6, 12), nn.Linear(12, 3)
optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=1e-2)
for _ in range(4):
    x = torch.randn(8, 8, 6)
    states, _ = lstm(x)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(states[-1]), x[0, :, :3].argmax(1)).backward()
    optimizer.step()
    x = torch.randn(9, 4, 6)
    states, _ = lstm(x)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(states).transpose(1, 2), x[..., :3].argmax(2)).backward()
    optimizer.step()
