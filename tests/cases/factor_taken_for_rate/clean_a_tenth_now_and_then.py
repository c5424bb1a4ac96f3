# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = LambdaLR(optimizer, lambda epoch: 0.1 ** (epoch // 2))  # a tenth from time to time
x = torch.randn(64, 6)
y = x[:, :1] - x[:, 1:2]
for epoch in range(4):
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
