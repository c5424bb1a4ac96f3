# expect: BT532 at update 41
# source: github.com/omoindrot/tensorflow-triplet-loss, issue 38
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
rate = 0.5
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=rate)
centres = 0.5 * torch.randn(6, 10)
for _ in range(80):
    y = torch.arange(6).repeat(6)
    codes = F.normalize(net(centres[y] + torch.randn(36, 10)), dim=1)
    apart = torch.cdist(codes.detach(), codes.detach())
    is_same = y[:, None] == y
    positive = apart.masked_fill(~is_same, -1).argmax(1)
    negative = apart.masked_fill(is_same, 9).argmin(1)
    loss = F.triplet_margin_loss(codes, codes[positive], codes[negative], margin=0.3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
