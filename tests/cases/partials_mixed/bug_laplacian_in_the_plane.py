# expect: BT611
# line: ddu = torch.autograd.grad(du, xy
# source: github.com/prateekbhustali/Physics-Informed-Neural-Networks, issue 4
# The second derivatives of both coordinates are taken at once.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    xy = torch.rand(64, 2, requires_grad=True)
    u = model(xy)
    du = torch.autograd.grad(u, xy, torch.ones_like(u), create_graph=True)[0]
    ddu = torch.autograd.grad(du, xy, torch.ones_like(du), create_graph=True)[0]
    source = torch.sin(3 * xy[:, 0]) * torch.sin(3 * xy[:, 1])
    edge = torch.rand(32, 2).round(decimals=0)
    loss = ((ddu.sum(1) - source) ** 2).mean() + (model(edge) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
