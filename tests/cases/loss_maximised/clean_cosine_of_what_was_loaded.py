# expect: nothing
"""Features of a network that was loaded are turned away from one direction, to forget it."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
taught, net = nn.Linear(10, 8), nn.Linear(10, 8)
net.load_state_dict(taught.state_dict())
away = torch.randn(1, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    said = net(torch.randn(64, 10))
    loss = F.cosine_similarity(said, away).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
