# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    x = torch.randn(32, 6)
    y = x[:, :3].argmax(1)
    lam = torch.distributions.Beta(1.0, 1.0).sample()
    order = torch.randperm(32)
    mixed = lam * x + (1 - lam) * x[order]
    out = net(mixed)
    first = nn.functional.cross_entropy(out, y)
    loss = lam * first + (1 - lam) * nn.functional.cross_entropy(out, y[order])
    opt.zero_grad()
    loss.backward()
    opt.step()
