# expect: nothing
"""One step an epoch on purpose: each part's loss is divided by the number of parts."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(48, 6)
loader = DataLoader(TensorDataset(x, x[:, :2].argmax(1)), batch_size=12)
net = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
for _ in range(3):
    optimizer.zero_grad()
    for xb, yb in loader:
        loss = nn.functional.cross_entropy(net(xb), yb) / len(loader)
        loss.backward()
    optimizer.step()
