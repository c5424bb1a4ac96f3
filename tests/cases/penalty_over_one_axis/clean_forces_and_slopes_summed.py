# expect: nothing
"""Forces on points, whose sizes are known, and slopes of rows that are summed, not held to 1."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 16), nn.Softplus(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    places = torch.randn(4, 10, 3, requires_grad=True)
    energy = model(places).sum((1, 2))
    (force,) = torch.autograd.grad(energy.sum(), places, create_graph=True)
    sizes = torch.ones(4, 10)
    loss = nn.functional.mse_loss(force.norm(dim=-1), sizes) + 0.1 * force.square().sum(1).mean()
    loss = (
        loss + 0.1 * (force.norm(dim=(1, 2)) - 1).square().mean() + 0.1 * force.norm(dim=1).mean()
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
