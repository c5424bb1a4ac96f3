# expect: BT582 at update 1
# source: github.com/amoudgl/pygoturn, issue 16, where gradients are accumulated
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
y = x[:, :2] - x[:, 2:]
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.7)
steps, accumulate = 0, 4
optimizer.zero_grad()
for number, start in enumerate(range(0, 128, 4), start=1):
    loss = nn.functional.mse_loss(model(x[start : start + 4]), y[start : start + 4])
    (loss / accumulate).backward()
    if number % accumulate == 0:
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
    if steps and steps % 3 == 0:
        scheduler.step()
