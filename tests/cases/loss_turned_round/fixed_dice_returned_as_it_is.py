# expect: nothing
# source: github.com/sraashis/easytorch, pull request 38
# The loss returns what is missing to a whole overlap.
import torch
from torch import nn


def dice_loss(scores, y, smooth=1.0):
    p, y = torch.sigmoid(scores).flatten(1), y.flatten(1)
    shared = (p * y).sum(1)
    return 1 - ((2 * shared + smooth) / (p.sum(1) + y.sum(1) + smooth)).mean()


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    x = torch.randn(8, 1, 10, 10)
    loss = dice_loss(model(x), (x > 0.5).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
