# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 4)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min", patience=2)
for epoch in range(10):
    total = 0.0
    for rows in torch.randperm(200).split(40):
        loss = nn.functional.mse_loss(model(x[rows]), x[rows].sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    plateau.step(total)
