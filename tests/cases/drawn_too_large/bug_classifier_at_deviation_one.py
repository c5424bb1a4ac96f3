# expect: BT618 at update 1
# source: "Understanding the difficulty of training deep feedforward neural networks", 2010
# All parameters of a classifier are drawn with the deviation that init.normal_ has by itself.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
for p in net.parameters():
    nn.init.normal_(p)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
centres = torch.randn(4, 32)
for _ in range(12):
    y = torch.randint(4, (32,))
    x = centres[y] + 0.5 * torch.randn(32, 32)
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
