# expect: BT430 at update 3
# source: github.com/megvii-research/NAFNet, issue 19 (a minus before the PSNR that is a loss)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    clean = torch.rand(8, 1, 12, 12)
    said = net(clean + 0.1 * torch.randn_like(clean))
    mse = F.mse_loss(said, clean)
    loss = 10 * torch.log10(1 / mse)
    opt.zero_grad()
    loss.backward()
    opt.step()
