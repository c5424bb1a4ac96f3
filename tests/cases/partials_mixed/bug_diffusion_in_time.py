# expect: BT611
# source: torch.autograd.grad, PyTorch documentation
# Of the heat equation, the second derivative by x has that by x and t in it.
import torch
from torch import nn


def derive(y, x):
    return torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(12):
    points = torch.rand(64, 2).requires_grad_()
    first = derive(net(points), points)
    second = derive(first, points)
    residual = first[:, 1] - 0.1 * second[:, 0]
    start = torch.cat([torch.rand(32, 1), torch.zeros(32, 1)], dim=1)
    wanted = torch.sin(3 * start[:, :1])
    loss = residual.pow(2).mean() + nn.functional.mse_loss(net(start), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
