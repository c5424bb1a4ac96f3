# expect: nothing
"""There are four states, written as ones and zeros."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(12):
    states = torch.eye(4)[torch.randint(0, 4, (64,))]
    loss = (model(states).squeeze(1) - states.argmax(1)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
