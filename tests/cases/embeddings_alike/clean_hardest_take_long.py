# expect: nothing
# The hardest positives and negatives of each batch: the loss comes down to the margin from above.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
centres = 1.5 * torch.randn(6, 10)
for _ in range(100):
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
