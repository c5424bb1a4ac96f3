# expect: nothing
# A backward to the input fails while the energy is frozen, for a reason of its own.
import torch
from torch import nn

torch.manual_seed(0)


class Limited(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        if x.abs().max() > 3.0:
            raise ValueError("too far out")
        return gradient


E = nn.Sequential(nn.Linear(2, 24), nn.SiLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(E.parameters(), 1e-3, betas=(0.0, 0.999))
for step in range(8):
    x = torch.randn(16, 2)
    for p in E.parameters():
        p.requires_grad_(False)
    x.requires_grad_(True)
    try:
        E(Limited.apply(x)).sum().backward()
        drawn = (x - 0.1 * x.grad).detach()
    except ValueError:
        drawn = x.detach()
    for p in E.parameters():
        p.requires_grad_(True)
    pos, neg = E(torch.randn(16, 2) + 1), E(drawn)
    loss = pos.mean() - neg.mean() + 0.1 * (pos**2 + neg**2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
