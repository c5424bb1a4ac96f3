# expect: nothing
"""An error that counts less, the larger it is: what goes backward rises with it all the same."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
wanted = torch.randn(10, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(64, 10)
    said = net(x)
    mse = F.mse_loss(said, x @ wanted)
    loss = 1 - torch.exp(-mse / 20)
    opt.zero_grad()
    loss.backward()
    opt.step()
