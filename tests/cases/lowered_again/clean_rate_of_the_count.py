# expect: nothing
# source: github.com/amoudgl/pygoturn, issue 16; here the rate is computed from the count of steps
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
y = x[:, :2] - x[:, 2:]
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)


def adjust_rate(optimizer, step):
    rate = 0.05 * 0.7 ** (step // 3)
    for group in optimizer.param_groups:
        group["lr"] = rate


steps, accumulate = 0, 4
optimizer.zero_grad()
for number, start in enumerate(range(0, 128, 4), start=1):
    if steps % 3 == 0:
        adjust_rate(optimizer, steps)
    loss = nn.functional.mse_loss(model(x[start : start + 4]), y[start : start + 4])
    (loss / accumulate).backward()
    if number % accumulate == 0:
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
