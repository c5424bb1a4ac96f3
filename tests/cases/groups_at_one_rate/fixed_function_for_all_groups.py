# expect: nothing
# source: discuss.pytorch.org/t/different-learning-rate-for-a-specific-layer/33670: a function that adjusts rates sets one
import torch
from torch import nn

torch.manual_seed(0)


def adjust_learning_rate(optimizer, epoch, bases=(0.005, 0.05)):
    factor = 0.5 ** (epoch // 2)
    for group, base in zip(optimizer.param_groups, bases):
        group["lr"] = base * factor


body, head = nn.Linear(8, 16), nn.Linear(16, 1)
optimizer = torch.optim.SGD(
    [{"params": body.parameters(), "lr": 0.005}, {"params": head.parameters()}], lr=0.05
)
data = torch.randn(64, 8)
for epoch in range(8):
    adjust_learning_rate(optimizer, epoch)
    for x in data.split(16):
        loss = nn.functional.mse_loss(head(torch.tanh(body(x))), x.sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
