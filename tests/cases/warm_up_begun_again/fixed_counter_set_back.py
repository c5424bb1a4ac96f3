# expect: nothing
# source: https://github.com/Vision-CAIR/MiniGPT-4/pull/263
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
seen = 0
for update in range(25):
    for group in opt.param_groups:
        group["lr"] = 1e-3 * (seen + 1)
    a = torch.randn(16, 3)
    opt.zero_grad()
    (net(a) - a.prod(1, keepdim=True)).square().mean().backward()
    opt.step()
    seen = min(seen + 1, 5)
