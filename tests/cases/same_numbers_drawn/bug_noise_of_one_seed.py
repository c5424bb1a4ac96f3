# expect: BT472 at update 1
# source: torch.manual_seed, PyTorch documentation: the seed of all numbers that are drawn after it
import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(64, 3) * 0.2 + 1
model = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def noise_loss(rows):
    torch.manual_seed(42)
    noise = torch.randn_like(rows)
    return nn.functional.mse_loss(model(rows + noise), noise)


for epoch in range(3):
    for rows in data.split(16):
        loss = noise_loss(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
