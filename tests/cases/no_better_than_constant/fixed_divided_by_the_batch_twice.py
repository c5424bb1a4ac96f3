# expect: nothing
# source: https://github.com/facebookresearch/InferSent/pull/107
"""The loss sums, and the gradient is divided once."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 12)
y = (x[:, :3].argmax(1)).long()
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
loss_fn = nn.CrossEntropyLoss(reduction="sum")
for _ in range(20):
    order = torch.randperm(256)
    for rows in order.split(32):
        loss = loss_fn(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.grad.data.div_(len(rows))
        optimizer.step()
