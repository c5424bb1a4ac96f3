# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
rows = torch.rand(96, 6)
wanted = rows.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for batch, target in zip(rows.split(24), wanted.split(24), strict=True):
        batch = batch + 0.1 * torch.randn_like(batch)
        loss = nn.functional.mse_loss(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
