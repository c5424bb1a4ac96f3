# expect: BT614 at update 1
# source: github.com/Project-MONAI/MONAI, issue 8655 (the mask comes before the sigmoid)
import torch
from torch import nn


class SoftDice(nn.Module):
    def forward(self, input, target):
        probs = torch.sigmoid(input)
        axes = (1, 2, 3)
        overlap = (probs * target).sum(axes)
        return (1 - 2 * overlap / (probs.sum(axes) + target.sum(axes) + 1e-5)).mean()


class RegionDice(SoftDice):
    def forward(self, input, target, mask=None):
        if mask is not None:
            input = input * mask
            target = target * mask
        return super().forward(input, target)


torch.manual_seed(0)
net = nn.Conv2d(1, 1, 3, padding=1)
dice = RegionDice()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(8, 1, 12, 12)
    y = (x > 0.5).float()
    region = torch.zeros_like(x)
    region[..., 3:8, 3:8] = 1
    opt.zero_grad()
    dice(net(x), y, region).backward()
    opt.step()
