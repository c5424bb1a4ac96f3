# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(120, 10)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for i in range(0, 120, 15):
    losses = [F.mse_loss(net(x[j : j + 5]), y[j : j + 5]) for j in range(i, i + 15, 5)]
    opt.zero_grad()
    max(losses).backward()
    opt.step()
