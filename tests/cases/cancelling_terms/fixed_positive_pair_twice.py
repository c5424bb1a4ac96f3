# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
e = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 4))
opt = torch.optim.Adam(e.parameters(), 1e-3)
for i in range(5):
    a = torch.randn(16, 6)
    p = a + 0.1 * torch.randn_like(a)
    n = torch.randn(16, 6)
    za, zp, zn = e(a), e(p), e(n)
    d_pos = (za - zp).pow(2).sum(1)
    d_neg = (za - zn).pow(2).sum(1)
    loss = (d_pos - d_neg + 1.0).clamp(min=0).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
