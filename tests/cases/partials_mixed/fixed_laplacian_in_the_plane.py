# expect: nothing
# source: github.com/prateekbhustali/Physics-Informed-Neural-Networks, issue 4
# The second derivative of each coordinate is taken of its own first one.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    xy = torch.rand(64, 2, requires_grad=True)
    u = model(xy)
    du = torch.autograd.grad(u, xy, torch.ones_like(u), create_graph=True)[0]
    columns = [torch.autograd.grad(du[:, i].sum(), xy, create_graph=True)[0][:, i] for i in (0, 1)]
    ddu = torch.stack(columns, dim=1)
    source = torch.sin(3 * xy[:, 0]) * torch.sin(3 * xy[:, 1])
    edge = torch.rand(32, 2).round(decimals=0)
    loss = ((ddu.sum(1) - source) ** 2).mean() + (model(edge) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
