# expect: nothing
# Two draws of one picture, as two views of it; the mask is what was drawn.
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


def noisy(picture):
    return picture + random.random() * torch.randn_like(picture)


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
pictures = torch.randn(64, 1, 8, 8)
for at in range(10):
    image = pictures[torch.randperm(64)[:16]]
    first = noisy(image)
    second = noisy(image)
    one, other = (nn.functional.normalize(model(view), dim=1) for view in (first, second))
    loss = nn.functional.cross_entropy(one @ other.T / 0.2, torch.arange(16))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
