"""LBFGS, whose closure runs the backward inside step."""

import hashlib

import torch
from torch import nn

torch.manual_seed(4)
model = nn.Linear(3, 1)
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
x = torch.randn(16, 3)
y = x @ torch.tensor([[1.0], [2.0], [3.0]])


def closure():
    optimizer.zero_grad()
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    return loss


for _ in range(3):
    print(optimizer.step(closure).item())

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())
