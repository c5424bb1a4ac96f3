# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
low, high = torch.tensor([-1.0, -1.0]), torch.tensor([1.0, 1.0])
angles = torch.rand(256) * 6.2832
surface = 0.6 * torch.stack([angles.cos(), angles.sin()], dim=1)
net = nn.Sequential(nn.Linear(2, 64), nn.Softplus(10), nn.Linear(64, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(60):
    a = torch.rand(128, 2)
    points = (a * low + (1 - a) * high).requires_grad_(True)
    slope = torch.autograd.grad(net(points).sum(), points, create_graph=True)[0]
    eikonal = ((slope.norm(2, dim=1) - 1) ** 2).mean()
    on_surface = net(surface[torch.randint(0, 256, (64,))]).abs().mean()
    loss = on_surface + 0.1 * eikonal
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
