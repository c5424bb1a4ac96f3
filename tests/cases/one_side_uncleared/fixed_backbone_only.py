# expect: nothing
import itertools

import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(10, 20), nn.ReLU())
head = nn.Linear(20, 4)
optimizer = torch.optim.Adam(itertools.chain(backbone.parameters(), head.parameters()), lr=1e-3)
x = torch.randn(80, 10)
y = torch.randint(0, 4, (80,))

it = 0
while it < 5:
    idx = torch.randint(0, 80, (16,))
    backbone.zero_grad()
    head.zero_grad()
    logits = head(backbone(x[idx]))
    loss = nn.functional.cross_entropy(logits, y[idx])
    loss.backward()
    optimizer.step()
    it += 1
