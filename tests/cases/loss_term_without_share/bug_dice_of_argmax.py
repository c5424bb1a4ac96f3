# expect: BT407 at update 2
# source: V-Net (the soft Dice loss), Milletari, Navab and Ahmadi, 2016
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)


def dice_loss(logits, target):
    pred = logits.argmax(1).float()
    inter = (pred * target).sum()
    return 1 - (2 * inter + 1) / (pred.sum() + target.sum() + 1)


for i in range(5):
    x = torch.rand(4, 1, 8, 8)
    t = (x[:, 0] > 0.5).long()
    out = model(x)
    loss = F.cross_entropy(out, t) + dice_loss(out, t)
    opt.zero_grad()
    loss.backward()
    opt.step()
