# expect: nothing
# The inputs' gradient is part of the loss, and one backward fills all there is.
import torch
from torch import nn

torch.manual_seed(7)
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(32, 8, requires_grad=True)
    score = net(x)
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    loss = (score - 1).pow(2).mean() + (slope.norm(dim=1) - 1).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
