# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)


def dice_loss(scores, mask):
    p = torch.sigmoid(scores)
    shared = (p * mask).sum()
    return 1 - (2 * shared + 1) / (p.sum() + mask.sum() + 1)


for _ in range(30):
    x = torch.rand(16, 1, 12, 12)
    mask = (x > 0.6).float()
    loss = dice_loss(net(x), mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
