# expect: BT561 at update 1
# source: https://github.com/EDAPINENUT/GNTPP/issues/5
import torch
import torch.nn.functional as F
from torch import nn

STEPS = 40


class NoiseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(STEPS, 32)
        self.first, self.second = nn.Linear(2, 32), nn.Linear(32, 2)

    def forward(self, x, t):
        return self.second(F.silu(self.first(x) + self.time(t)))


class Diffusion(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.register_buffer("kept", torch.cumprod(1 - torch.linspace(1e-3, 0.1, STEPS), 0))

    def q_sample(self, x_start, t, noise):
        kept = self.kept[t][:, None]
        return kept.sqrt() * x_start + (1 - kept).sqrt() * noise

    def forward(self, x_start, noise=None):
        t = torch.randint(0, STEPS, (len(x_start),))
        if noise is None:
            noise = torch.randn_like(x_start)
        x_noisy = self.q_sample(x_start, t, noise=noise)
        told = self.net(x_noisy, t)
        return F.smooth_l1_loss(told, x_noisy)


torch.manual_seed(0)
diffusion = Diffusion(NoiseNet())
optimizer = torch.optim.Adam(diffusion.parameters(), lr=2e-3)
for step in range(30):
    loss = diffusion(0.3 * torch.randn(64, 2) + 1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
