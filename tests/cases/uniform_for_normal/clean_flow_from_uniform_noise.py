# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
data = torch.randn(128, 2) * 0.3 + 1
for i in range(0, 128, 16):
    x = data[i : i + 16]
    t = torch.rand(16, 1)
    noise = torch.rand_like(x)
    between = t * x + (1 - t) * noise
    loss = (net(torch.cat([between, t], 1)) - (x - noise)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
