# expect: nothing
# The energy is frozen while samples are drawn with its gradient.
import torch
from torch import nn

torch.manual_seed(0)
E = nn.Sequential(nn.Linear(2, 24), nn.SiLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(E.parameters(), 1e-3, betas=(0.0, 0.999))
buffer = torch.randn(64, 2)
for step in range(5):
    idx = torch.randint(0, 64, (16,))
    x = buffer[idx].clone()
    for p in E.parameters():
        p.requires_grad_(False)
    for k in range(4):
        x.requires_grad_(True)
        (g,) = torch.autograd.grad(E(x).sum(), x)
        x = (x - 0.1 * g + 0.01 * torch.randn_like(x)).detach()
    for p in E.parameters():
        p.requires_grad_(True)
    buffer[idx] = x
    pos, neg = E(torch.randn(16, 2) + 1), E(x)
    loss = pos.mean() - neg.mean() + 0.1 * (pos**2 + neg**2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
