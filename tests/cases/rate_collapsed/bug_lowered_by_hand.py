# expect: BT513 at update 53
# line: group["lr"] *=
# source: github.com/amoudgl/pygoturn, issue 16: a rate that is written by hand falls to nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for _ in range(40):
        x = torch.randn(16, 6)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), x[:, :1] * x[:, 1:2]).backward()
        optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= 0.8  # meant for each epoch
