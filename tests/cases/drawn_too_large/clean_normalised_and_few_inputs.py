# expect: nothing
# Large weights whose outputs a norm scales, and others of few inputs, drawn at a deviation of 1.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(32, 64, bias=False),
    nn.BatchNorm1d(64),
    nn.ReLU(),
    nn.Linear(64, 8),
    nn.ReLU(),
    nn.Linear(8, 3),
)
nn.init.normal_(net[0].weight)
nn.init.normal_(net[5].weight)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
centres = torch.randn(3, 32)
for _ in range(12):
    y = torch.randint(3, (32,))
    x = centres[y] + 0.5 * torch.randn(32, 32)
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
