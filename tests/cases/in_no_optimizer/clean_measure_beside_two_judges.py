# expect: nothing
"""Two judges in one list, and a network that compares pictures, which is in none."""

import torch
from torch import nn

torch.manual_seed(0)
maker = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3))
rough, fine = (nn.Sequential(nn.Conv2d(1, 4, k), nn.ReLU(), nn.Conv2d(4, 1, k)) for k in (3, 4))
making = torch.optim.Adam(maker.parameters(), lr=1e-3)
judging = torch.optim.Adam([*rough.parameters(), *fine.parameters()], lr=1e-3)
for _ in range(4):
    clean = torch.rand(4, 1, 12, 12)
    made = maker(clean + 0.1 * torch.randn_like(clean))
    judging.zero_grad()
    for judge in (rough, fine):
        ((judge(clean) - 1).pow(2).mean() + judge(made.detach()).pow(2).mean()).backward()
    judging.step()
    fooled = sum((judge(made) - 1).pow(2).mean() for judge in (rough, fine))
    loss = 0.1 * fooled + nn.functional.l1_loss(features(made), features(clean))
    making.zero_grad()
    loss.backward()
    making.step()
