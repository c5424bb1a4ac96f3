# expect: nothing
# source: docs.pytorch.org, torch.optim.lr_scheduler: a rate that falls at every so many updates
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
y = x[:, :2] - x[:, 2:]
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.7)
start, step, told = 0, 0, 0
while start < 128:
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x[start : start + 8]), y[start : start + 8])
    loss.backward()
    optimizer.step()
    step += 1
    start += 8
    if step % 5 == 0:
        scheduler.step()
    if loss.item() < 1.0:
        told += 1
    if told % 10 == 0:
        print(step, told, loss.item())
