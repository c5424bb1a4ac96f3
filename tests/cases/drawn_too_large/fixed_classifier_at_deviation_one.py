# expect: nothing
# All parameters of a classifier are drawn with the deviation that init.normal_ has by itself.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
for p in net.parameters():
    if p.dim() > 1:
        nn.init.kaiming_normal_(p, nonlinearity="relu")
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
centres = torch.randn(4, 32)
for _ in range(12):
    y = torch.randint(4, (32,))
    x = centres[y] + 0.5 * torch.randn(32, 32)
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
