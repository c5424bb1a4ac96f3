# expect: nothing
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :1] * x[:, 1:2]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
average = AveragedModel(model)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
        with torch.no_grad():
            for own, new in zip(average.module.parameters(), model.parameters(), strict=True):
                own.lerp_(new, 0.1)
    with torch.no_grad():
        print(epoch, nn.functional.mse_loss(average(x), y).item())
