# expect: nothing
import torch
from torch import nn


def psnr(said, wanted):
    error = torch.mean((said - wanted) ** 2, dim=(1, 2, 3))
    return 20 * torch.log10(1.0 / torch.sqrt(error + 1e-8))


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    clean = torch.rand(8, 1, 12, 12)
    said = net(clean + 0.1 * torch.randn_like(clean))
    loss = 100 - psnr(said, clean).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
