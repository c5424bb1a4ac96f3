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
    share = torch.distributions.Beta(0.4, 0.4).sample()
    order = torch.randperm(48)
    out = net(share * x + (1 - share) * x[order])
    cross_entropy = nn.functional.cross_entropy
    loss = share * cross_entropy(out, y) + (1 - share) * cross_entropy(out, y[order])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
