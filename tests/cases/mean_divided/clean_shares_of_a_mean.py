# expect: nothing
# A mean of each row over the number of rows, a sum over the rows, and a mean over one axis.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def of_a_row(row, target, rows):
    return (row - target).pow(2).mean() / len(rows)


def of_all(made, y):
    return (made - y).pow(2).mean(1).sum() / made.shape[0]


def of_both(made, y):
    count = len(y)
    return ((made - y).abs().sum() + 0.1 * made.pow(2).sum()) / count


for _ in range(6):
    x = torch.randn(24, 6)
    made, y = net(x), x[:, :2].sin()
    loss = of_all(made, y) + of_both(made, y)
    loss = loss + sum(of_a_row(*pair, y) for pair in zip(made, y, strict=True))
    opt.zero_grad()
    loss.backward()
    opt.step()
