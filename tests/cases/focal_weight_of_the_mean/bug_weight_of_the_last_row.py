# expect: BT420
# source: github.com/DIAGNijmegen/picai_baseline, issue 24: p_t of inputs[-1] and targets[-1]
"""The focal factor is made of the last row of the batch, and multiplies the loss of each."""

import torch
from torch import nn
from torch.nn import functional as F


class Focal(nn.Module):
    def __init__(self, alpha=0.75, gamma=2):
        super().__init__()
        self.alpha, self.gamma = alpha, gamma

    def forward(self, inputs, targets):
        chances = torch.sigmoid(inputs)
        loss = F.binary_cross_entropy(chances, targets, reduction="none")
        p_t = chances[-1] * targets[-1] + (1 - chances[-1]) * (1 - targets[-1])
        loss = loss * (1 - p_t) ** self.gamma
        alpha_t = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        return (alpha_t * loss).mean()


torch.manual_seed(0)
net = nn.Conv2d(1, 1, 3, padding=1)
criterion = Focal()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(8, 1, 6, 6)
    optimizer.zero_grad()
    criterion(net(x), (x > 0.5).float()).backward()
    optimizer.step()
