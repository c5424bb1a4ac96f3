# expect: BT310 at update 2
# line: zip(float_buffers(
# source: https://github.com/lucidrains/ema-pytorch/issues/8
import copy

import torch
from torch import nn

torch.manual_seed(0)


def float_buffers(module):
    """Return what is averaged beside the weights."""
    return [p for name, p in module.named_parameters() if "running" in name]


net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
mean_net = copy.deepcopy(net).eval().requires_grad_(False)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(32, 4) * 3 - 2
    loss = nn.functional.mse_loss(net(x), x[:, 1:2])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for mean, now in zip(mean_net.parameters(), net.parameters()):
            mean.lerp_(now, 0.1)
        for mean, now in zip(float_buffers(mean_net), float_buffers(net)):
            mean.lerp_(now, 0.1)
        mean_net(x)
