# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25):
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, scores, target):
        bce = F.binary_cross_entropy_with_logits(scores, target, reduction="none")
        pt = torch.exp(-bce)
        alpha = self.alpha * target + (1 - self.alpha) * (1 - target)
        weight = (1 - pt).pow(self.gamma)
        return (alpha * weight * bce).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = FocalLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(8):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    criterion(net(x).squeeze(1), (x[:, 0] > 1).float()).backward()
    optimizer.step()
