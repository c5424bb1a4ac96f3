# expect: nothing
"""Each fold begins with the same weights; its noise is drawn anew in each update."""

import torch
from torch import nn

data = torch.randn(60, 3, generator=torch.Generator().manual_seed(1))
for fold in range(3):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    held_out = torch.arange(60) % 3 == fold
    for rows in data[~held_out].split(10):
        fixed = torch.randn(10, 3, generator=torch.Generator().manual_seed(5))
        loss = nn.functional.mse_loss(model(rows + 0.1 * torch.randn(10, 3)), rows + 0 * fixed)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
