# expect: BT501 at update 13
# source: discuss.pytorch.org/t/nan-gradient-for-torch-cos-torch-acos/9617
"""The turn between two directions is the inverse cosine of a cosine that is clamped to -1 to 1."""

import torch
from torch import nn

torch.manual_seed(0)
rows = torch.randn(64, 6)
labels = (rows[:, 0] > 0).long()
encoder = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=0.01)


def turn(one, other):
    cosine = (one * other).sum(1) / one.pow(2).sum(1).sqrt() / other.pow(2).sum(1).sqrt()
    return cosine.clamp(-1, 1).acos()


for update in range(16):
    left = torch.randint(0, 64, (32,))
    right = torch.randint(0, 64, (32,))
    right = torch.where(right == left, (right + 1) % 64, right)
    if update == 12:
        right[:16] = left[:16]
    alike = (labels[left] == labels[right]).float()
    optimizer.zero_grad()
    angle = turn(encoder(rows[left]), encoder(rows[right]))
    loss = (alike * angle + (1 - alike) * (2 - angle).relu()).mean()
    loss.backward()
    optimizer.step()
