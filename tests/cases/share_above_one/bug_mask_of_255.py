# expect: BT526 at update 5
# line: mask = (x > 0.6).float() * 255
# source: github.com/milesial/Pytorch-UNet, issue 84: a loss below zero, masks of 0 and 255
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
    mask = (x > 0.6).float() * 255
    loss = dice_loss(net(x), mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
