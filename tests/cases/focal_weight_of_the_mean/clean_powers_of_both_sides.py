# expect: nothing
# The loss of negatives is weighed by the power of the probability itself, as it is right for them.
import torch
from torch import nn


def focal_loss(scores, target, gamma=2.0):
    p = scores.sigmoid().clamp(1e-6, 1 - 1e-6)
    positive_loss = -torch.log(p)
    negative_loss = -torch.log(1 - p)
    loss = target * (1 - p) ** gamma * positive_loss
    return (loss + (1 - target) * p**gamma * negative_loss).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(8):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    focal_loss(net(x).squeeze(1), (x[:, 0] > 1).float()).backward()
    optimizer.step()
