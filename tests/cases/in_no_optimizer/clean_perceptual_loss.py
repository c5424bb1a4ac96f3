# expect: nothing
"""A network compares an image with its target; it is not trained, and nobody froze it."""

import torch
from torch import nn

torch.manual_seed(0)
features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3))
denoiser = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimizer = torch.optim.Adam(denoiser.parameters(), lr=1e-3)
for _ in range(4):
    clean = torch.rand(4, 1, 10, 10)
    restored = denoiser(clean + 0.1 * torch.randn_like(clean))
    loss = nn.functional.l1_loss(features(restored), features(clean))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
