# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.SiLU(), nn.Linear(32, 6))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(16, 6) + 2
    noise = torch.randn_like(x)
    noisy = x + noise
    loss = F.mse_loss(net(noisy), noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
