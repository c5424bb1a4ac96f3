# expect: nothing
"""An input that is made unlike what a network says of another: the network stays as it is."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Linear(10, 8)
x = torch.randn(16, 10)
with torch.no_grad():
    wanted = net(x)
noise = (0.01 * torch.randn(16, 10)).requires_grad_(True)
opt = torch.optim.Adam([noise], lr=1e-2)
for _ in range(20):
    loss = F.cosine_similarity(net(x + noise), wanted).mean()
    opt.zero_grad()
    net.zero_grad()
    loss.backward()
    opt.step()
