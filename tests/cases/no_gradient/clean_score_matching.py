# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
e = nn.Sequential(nn.Linear(2, 16), nn.Softplus(), nn.Linear(16, 1))
o = torch.optim.Adam(e.parameters(), 0.001)
for _ in range(5):
    x = torch.randn(16, 2)
    s = torch.rand(16, 1) + 0.1
    n = torch.randn_like(x)
    xt = (x + s * n).requires_grad_()
    g = torch.autograd.grad(e(xt).sum(), xt, create_graph=True)[0]
    loss = ((s * g - n) ** 2).sum(1).mean()
    o.zero_grad()
    loss.backward()
    o.step()
