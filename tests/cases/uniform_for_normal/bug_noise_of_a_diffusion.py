# expect: BT540 at update 1
# source: github.com/acids-ircam/diffusion_models, issue 8
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
STEPS = 20
alphas_bar = torch.cumprod(1 - torch.linspace(1e-3, 0.3, STEPS), 0)
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
data = torch.randn(128, 2) * 0.3 + 1
for i in range(0, 128, 16):
    x = data[i : i + 16]
    t = torch.randint(0, STEPS, (16,))
    keep = alphas_bar[t].sqrt()[:, None]
    spread = (1 - alphas_bar[t]).sqrt()[:, None]
    noise = torch.rand_like(x)
    noisy = keep * x + spread * noise
    loss = F.mse_loss(net(torch.cat([noisy, t[:, None] / STEPS], 1)), noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
