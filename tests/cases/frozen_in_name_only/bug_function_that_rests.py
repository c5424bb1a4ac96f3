# expect: BT216
# source: github.com/kohya-ss/sd-scripts, issue 4
import torch
from torch import nn


def freeze(module):
    module.eval()


torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
head = nn.Linear(16, 3)
x = torch.randn(240, 6)
y = x[:, :3].argmax(1)
pretraining = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
for rows in torch.arange(240).split(24):
    pretraining.zero_grad()
    nn.functional.cross_entropy(head(body(x[rows])), y[rows]).backward()
    pretraining.step()

freeze(body)
head = nn.Linear(16, 2)
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
for rows in torch.arange(240).split(24):
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(body(x[rows])), (y[rows] > 0).long()).backward()
    optimizer.step()
