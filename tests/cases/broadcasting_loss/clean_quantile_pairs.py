# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.loss = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 5))

    def forward(self, x):
        return self.l(x)


q = Q()
o = torch.optim.Adam(q.parameters(), 1e-3)
tau = (torch.arange(5) + 0.5) / 5
for _ in range(4):
    x = torch.randn(8, 4)
    t = torch.randn(8, 5)
    u = t[:, None, :] - q(x)[:, :, None]
    loss = (
        (
            torch.abs(tau[None, :, None] - (u.detach() < 0).float())
            * nn.functional.huber_loss(u, torch.zeros_like(u), reduction="none")
        )
        .sum(1)
        .mean()
    )
    o.zero_grad()
    loss.backward()
    o.step()
