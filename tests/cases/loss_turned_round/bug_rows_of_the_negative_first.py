# expect: BT461
# source: github.com/VinhLoiIT/signet-pytorch, issue 2
# The rows of the hardest negatives stand where the positives belong.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
centres = 3 * torch.randn(4, 6)
for _ in range(10):
    y = torch.arange(4).repeat(8)
    codes = F.normalize(net(centres[y] + torch.randn(32, 6)), dim=1)
    apart = torch.cdist(codes.detach(), codes.detach())
    is_same = y[:, None] == y
    positive = apart.masked_fill(~is_same, -1).argmax(1)
    negative = apart.masked_fill(is_same, 9).argmin(1)
    loss = F.triplet_margin_loss(codes, codes[negative], codes[positive], margin=0.3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
