# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Linear(4, 2)
opt = torch.optim.SGD(m.parameters(), 0.1)
for i in range(4):
    a = torch.randn(8, 4) * 0.01
    n = torch.randn(8, 4) * 50
    za, zp, zn = m(a), m(a + 1e-4), m(n)
    loss = ((za - zp).pow(2).sum(1) - (za - zn).pow(2).sum(1) + 0.01).clamp(min=0).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
