# expect: nothing
import torch
from torch import nn


class Diffusion:
    def __init__(self, steps=20):
        self.steps = steps
        self.abar = torch.cumprod(1 - torch.linspace(1e-3, 0.3, steps), 0)

    def forward_process(self, x, t):
        a = self.abar[t][:, None]
        eps = torch.randn(x.shape)
        return x * torch.sqrt(a) + eps * torch.sqrt(1 - a), eps

    @torch.no_grad()
    def sample(self, net, n):
        x = torch.randn(n, 2)
        return net(torch.cat([x, torch.ones(n, 1)], 1))


torch.manual_seed(0)
diffusion = Diffusion()
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
data = torch.randn(128, 2) * 0.3 + 1
for i in range(0, 128, 16):
    t = torch.randint(0, 20, (16,))
    noisy, eps = diffusion.forward_process(data[i : i + 16], t)
    loss = (net(torch.cat([noisy, t[:, None] / 20], 1)) - eps).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
