# expect: nothing
# The rows of the training are taken first, under the same names; and those of a loader are its own.
import torch
from torch import nn


def fit(net, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()


torch.manual_seed(0)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
x = torch.randn(40, 4)
y = x[:, :1] * 2
order = torch.randperm(40)
train_idx, test_idx = order[:30], order[30:]
for _ in range(6):
    fit(net, optimizer, x[train_idx], y[train_idx])
print(nn.functional.mse_loss(net(x[test_idx]), y[test_idx]).item())
