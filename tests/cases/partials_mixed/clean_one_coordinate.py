# expect: nothing
# With one coordinate the second derivative is that of all first ones.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.rand(64, 1).requires_grad_()
    u = net(x)
    du = torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]
    ddu = torch.autograd.grad(du, x, torch.ones_like(du), create_graph=True)[0]
    ends = torch.tensor([[0.0], [1.0]])
    loss = ((ddu + torch.sin(3 * x)) ** 2).mean() + (net(ends) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
