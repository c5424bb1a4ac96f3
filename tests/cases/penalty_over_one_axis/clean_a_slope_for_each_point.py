# expect: nothing
"""A field of points, whose slope is to be 1 at each, of outputs that are summed or not."""

import torch
from torch import nn

torch.manual_seed(0)
field = nn.Sequential(nn.Conv1d(3, 16, 1), nn.Softplus(), nn.Conv1d(16, 1, 1))
optimizer = torch.optim.Adam(field.parameters(), lr=1e-3)
for update in range(6):
    x = torch.randn(4, 3, 10, requires_grad=True)
    found = field(x)
    summed = found.sum() if update % 2 else found
    ones = torch.ones_like(summed)
    (slope,) = torch.autograd.grad(summed, x, grad_outputs=ones, create_graph=True)
    loss = found.abs().mean() + (slope.norm(dim=1) - 1).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
