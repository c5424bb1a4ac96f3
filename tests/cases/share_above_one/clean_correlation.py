# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(40):
    x = torch.randn(32, 6)
    out, y = net(x)[:, 0], x[:, 0] * 2 + x[:, 1]
    a, b = out - out.mean(), y - y.mean()
    loss = 1 - (a * b).mean() / (a.square().mean().sqrt() * b.square().mean().sqrt())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
