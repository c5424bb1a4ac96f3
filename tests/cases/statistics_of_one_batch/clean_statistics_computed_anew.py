# expect: nothing
# After training the statistics are computed anew over all batches, and over one of them.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
batches = [torch.randn(16, 5) for _ in range(4)]
for x in batches:
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :1]).backward()
    opt.step()
for momentum in (None, 1.0):
    net[1].reset_running_stats()
    net[1].momentum = momentum
    with torch.no_grad():
        for x in batches:
            net(x)
