# expect: nothing
"""Two parts that are to say unlike things: their cosine is small in the end, beside an error."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
wanted = torch.randn(10, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(64, 10)
    said, other = net(x), net(-x)
    loss = F.mse_loss(said, x @ wanted) + F.cosine_similarity(said, other.detach()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
