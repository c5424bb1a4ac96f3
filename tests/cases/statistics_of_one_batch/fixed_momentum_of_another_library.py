# expect: nothing
# source: https://github.com/pytorch/vision/issues/8250
import torch
from torch import nn


def block(channels_in, channels_out):
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out, momentum=0.01, eps=1e-3),
        nn.ReLU(),
    )


torch.manual_seed(0)
model = nn.Sequential(
    block(1, 4), block(4, 4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(6):
    x, y = torch.randn(12, 1, 6, 6), torch.randint(0, 2, (12,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
