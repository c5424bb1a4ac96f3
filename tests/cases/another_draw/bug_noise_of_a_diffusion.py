# expect: BT483 at update 1
# source: arxiv.org/abs/2006.11239, algorithm 1
import torch
import torch.nn.functional as F
from torch import nn


def add_noise(x, t):
    noise = torch.randn_like(x)
    return (1 - t).sqrt() * x + t.sqrt() * noise, noise


torch.manual_seed(0)
data = torch.randn(128, 6) + 2
net = nn.Sequential(nn.Linear(7, 32), nn.SiLU(), nn.Linear(32, 6))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for i in range(0, 128, 16):
    x, t = data[i : i + 16], torch.rand(16, 1)
    noisy, _ = add_noise(x, t)
    noise = torch.randn_like(x)
    loss = F.mse_loss(net(torch.cat([noisy, t], 1)), noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
