# expect: BT581 at update 1
# source: https://github.com/pyg-team/pytorch_geometric/issues/7196 (without a penalty)
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def fit_loss(made, y):
    return torch.mean((made - y) ** 2) / len(y)


for _ in range(6):
    x = torch.randn(24, 6)
    loss = fit_loss(net(x), x[:, :2].sin())
    opt.zero_grad()
    loss.backward()
    opt.step()
