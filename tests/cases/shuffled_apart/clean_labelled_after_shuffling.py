# expect: nothing
"""The targets are made of the inputs in the order that these were put into."""

import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
inputs = [torch.randn(4) for _ in range(64)]
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    random.shuffle(inputs)
    targets = [int(row.sum() > 0) for row in inputs]
    for i in range(0, 64, 16):
        logits = model(torch.stack(inputs[i : i + 16]))
        loss = nn.functional.cross_entropy(logits, torch.tensor(targets[i : i + 16]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
