# expect: nothing
"""Batches that differ: a log-sum-exp of one column, and weights that begin equal."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
weight = nn.Parameter(torch.zeros(16, 1))
optimizer = torch.optim.SGD([*model.parameters(), weight], lr=0.1)
for _ in range(5):
    x = torch.randn(16, 4)
    scores = model(x)
    shares = (scores - scores.max(1, keepdim=True).values).exp()
    loss = (shares * (scores - x[:, :1])).pow(2).mul((-weight).exp()).mean() + weight.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
