# expect: nothing
# Sums over many numbers have large gradients, and an epsilon of 0.01 is small beside them.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 12)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, eps=0.01)
for _ in range(12):
    x = torch.randn(32, 6)
    loss = (model(x) - x.repeat(1, 2)).square().sum() / 32
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
