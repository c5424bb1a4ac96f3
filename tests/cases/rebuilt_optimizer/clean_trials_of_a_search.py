# expect: nothing
"""A search for a rate: each trial makes its model and its optimizer anew, from the same seed."""

import torch
from torch import nn

x = torch.randn(30, 5, generator=torch.Generator().manual_seed(1))
y = (x[:, 0] * x[:, 1] > 0).long()


def trial(lr):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(3):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


print(min((trial(lr), lr) for lr in (1e-4, 1e-3, 1e-2, 1e-1)))
