# expect: BT473
# source: github.com/graviraja/pytorch-sample-codes, issue 6
# The mean of the errors themselves is made small.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(40, 5)
    y = x[:, :1] - 0.5 * x[:, 1:2]
    loss = (model(x) - y).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
