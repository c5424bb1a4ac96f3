# expect: nothing
"""Fields of points, whose slope is to be 1 at each, forces of given size, and slopes summed up."""

import torch
from torch import nn

torch.manual_seed(0)
field = nn.Sequential(nn.Conv1d(3, 16, 1), nn.Softplus(), nn.Conv1d(16, 1, 1))
rows = nn.Sequential(nn.Linear(3, 16), nn.Softplus(), nn.Linear(16, 1))
parameters = [*field.parameters(), *rows.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-3)
for update in range(6):
    x = torch.randn(4, 3, 10, requires_grad=True)
    found = field(x)
    summed = found.sum() if update % 2 else found
    ones = torch.ones_like(summed)
    (slope,) = torch.autograd.grad(summed, x, grad_outputs=ones, create_graph=True)
    loss = found.abs().mean() + (slope.norm(dim=1) - 1).square().mean()

    places = torch.randn(4, 10, 3, requires_grad=True)
    energy = rows(places).sum((1, 2))
    (force,) = torch.autograd.grad(energy.sum(), places, create_graph=True)
    loss = loss + (force.norm(dim=-1) - torch.ones(4, 10)).square().mean()
    loss = loss + 0.1 * force.square().sum(1).mean() + (force.flatten(1).norm(dim=1) - 1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
