# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
centres = 2 * torch.randn(4, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(80):
    y = torch.randint(0, 4, (48,))
    x = centres[y] + torch.randn(48, 10)
    hidden = net[1](net[0](x))
    share = (torch.rand(48, 1) < 0.8).float()
    hidden = share * hidden + (1 - share) * hidden.detach()
    loss = nn.functional.cross_entropy(net[2](hidden), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
