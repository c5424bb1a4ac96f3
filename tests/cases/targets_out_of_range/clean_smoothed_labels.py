# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(8):
    x = torch.randn(24, 6)
    tags = (x[:, :4] > 0).float() * 0.9 + 0.05
    loss = F.binary_cross_entropy_with_logits(net(x), tags, pos_weight=torch.full((4,), 3.0))
    opt.zero_grad()
    loss.backward()
    opt.step()
