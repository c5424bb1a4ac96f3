# expect: nothing
"""Each step has a seed of its own, and now and then a sample is drawn from one that stays."""

import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(64, 3)
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(12):
    torch.manual_seed(step)
    rows = data[torch.randint(0, 64, (16,))]
    loss = nn.functional.mse_loss(model(rows + 0.1 * torch.randn_like(rows)), rows)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 4 == 0:
        torch.manual_seed(0)
        with torch.no_grad():
            sample = model(torch.randn(4, 3))
