# expect: BT456 at update 2
# line: (torch.sigmoid(logits) > 0.5)
# source: V-Net (the soft Dice loss), Milletari, Navab and Ahmadi, 2016
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
SIZE = 8


class DiceLoss(nn.Module):
    def forward(self, logits, target):
        pred = (torch.sigmoid(logits) > 0.5).float()
        inter = (pred * target).sum(dim=(1, 2, 3))
        both = pred.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))
        return 1 - ((2 * inter + 1) / (both + 1)).mean()


net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
nn.init.constant_(net[2].bias, -1.5)  # nothing is found at first: this part is a constant then
opt = torch.optim.Adam(net.parameters(), lr=2e-2)
dice_loss = DiceLoss()
mask = torch.zeros(6, 1, SIZE, SIZE)
mask[:, :, 2:6, 1:7] = 1
for i in range(40):
    image = torch.randn(6, 1, SIZE, SIZE) + 2 * mask
    logits = net(image)
    bce = F.binary_cross_entropy_with_logits(logits, mask)
    dice = dice_loss(logits, mask)
    loss = 0.2 * bce + dice
    opt.zero_grad()
    loss.backward()
    opt.step()
