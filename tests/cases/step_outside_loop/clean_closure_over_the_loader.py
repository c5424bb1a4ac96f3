# expect: nothing
"""LBFGS on the whole data set: its closure goes through the loader."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(32, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
net = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(net.parameters(), max_iter=2)


def closure():
    optimizer.zero_grad()
    total = 0.0
    for xb, yb in loader:
        loss = nn.functional.mse_loss(net(xb), yb) / len(loader)
        loss.backward()
        total += loss.item()
    return torch.tensor(total)


for _ in range(3):
    optimizer.step(closure)
