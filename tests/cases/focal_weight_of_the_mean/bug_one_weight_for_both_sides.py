# expect: BT420
# line: neg = -(1 - p).pow(gamma)
# source: github.com/yqyao/SSD_Pytorch, issue 32
# What is sure to be no object has the weight of what is sure to be one.
import torch
from torch import nn


def focal(logits, y, gamma=2.0):
    p = torch.sigmoid(logits)
    pos = -(1 - p).pow(gamma) * torch.log(p + 1e-8) * y
    neg = -(1 - p).pow(gamma) * torch.log(1 - p + 1e-8) * (1 - y)
    return (pos + neg).mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(32, 8)
    loss = focal(model(x), (x[:, :4] > 1).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
