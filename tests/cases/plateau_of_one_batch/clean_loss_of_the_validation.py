# expect: nothing
# The rate follows the loss of the validation, which is computed without gradients after the epoch.
import torch
from torch import nn

torch.manual_seed(3)
x = torch.randn(96, 6)
y = x @ torch.randn(6, 1) + torch.randn(96, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
for epoch in range(8):
    for rows in torch.randperm(64).split(16):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        scheduler.step(nn.functional.mse_loss(model(x[64:]), y[64:]))
