# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(80, 10)
y = torch.arange(80) % 8
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for i in range(0, 80, 8):
    order = torch.randperm(8)
    loss = F.cross_entropy(net(x[i : i + 8][order]), y[i : i + 8][order])
    opt.zero_grad()
    loss.backward()
    opt.step()
