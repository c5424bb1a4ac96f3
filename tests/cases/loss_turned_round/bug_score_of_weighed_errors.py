# expect: BT461
# line: return score.mean()
# source: github.com/sraashis/easytorch, pull request 38
# An overlap that weighs what is missed is returned as it is.
import torch
from torch import nn


def dice_loss(scores, y, beta=1.0, smooth=1.0):
    p, y = torch.softmax(scores, dim=1)[:, 1].flatten(), y.flatten().float()
    hit = (p * y).sum()
    false = (p * (1 - y)).sum()
    missed = ((1 - p) * y).sum()
    score = ((1 + beta**2) * hit + smooth) / (
        (1 + beta**2) * hit + beta**2 * missed + false + smooth
    )
    return score.mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(8, 1, 10, 10)
    loss = dice_loss(model(x), x[:, 0] > 0.5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
