# expect: nothing
# A net is to satisfy u' = f + c u'': both sides are its derivatives, and both have gradients.
import torch
from torch import nn

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.rand(64, 1, requires_grad=True)
    u = net(x)
    (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
    loss = nn.functional.mse_loss(slope, torch.sin(x.detach()) + 0.9 * bend) + u[:1].pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
