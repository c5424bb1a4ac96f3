# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 10)
y = (x @ torch.randn(10, 4)).argmax(1)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for i in range(0, 128, 32):
    rows, labels = x[i : i + 32], y[i : i + 32]
    lam = torch.distributions.Beta(1.0, 1.0).sample()
    order = torch.randperm(32)
    out = net(lam * rows + (1 - lam) * rows[order])
    loss = lam * F.cross_entropy(out, labels) + (1 - lam) * F.cross_entropy(out, labels[order])
    opt.zero_grad()
    loss.backward()
    opt.step()
