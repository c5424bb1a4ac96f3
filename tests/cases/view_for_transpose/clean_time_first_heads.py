# expect: nothing
"""Heads split off with time first, as torch does: (T, B, E) to (T, B * h, d), where B * h is E."""

import torch
from torch import nn

torch.manual_seed(0)
project, out = nn.Linear(16, 48), nn.Linear(16, 1)
layer = nn.MultiheadAttention(16, 2)
optimizer = torch.optim.Adam(
    [*project.parameters(), *out.parameters(), *layer.parameters()], lr=1e-3
)
for _ in range(4):
    x = torch.randn(5, 8, 16)
    q, k, v = project(x).chunk(3, -1)
    q, k, v = (each.reshape(5, 16, 8).transpose(0, 1) for each in (q, k, v))
    mixed = (q @ k.transpose(1, 2)).softmax(-1) @ v
    mixed = mixed.transpose(0, 1).reshape(5, 8, 16)
    mixed, _ = layer(mixed, mixed, mixed)
    optimizer.zero_grad()
    (out(mixed).mean(0) - x[0, :, :1]).pow(2).mean().backward()
    optimizer.step()
