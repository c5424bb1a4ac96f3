# expect: nothing
# A list of image masks is shuffled, which belongs to no image yet; pieces of each row are permuted.
import random
from types import SimpleNamespace

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


def permutation(x):
    """Put the pieces of each row in another order: its label is the same."""
    pieces = list(x.split(4, dim=1))
    random.shuffle(pieces)
    return torch.cat(pieces, dim=1)


def masks_of(many):
    image_masks = []
    for share in torch.linspace(0.1, 0.5, many // 2).tolist():
        image_masks.append(torch.rand(12) < share)
    for _ in range(many // 2):
        image_masks.append(torch.zeros(12, dtype=torch.bool))
    random.shuffle(image_masks)
    return torch.stack(image_masks)


def augment(x, y, aug):
    x = aug.permutation(x)
    return x, y


model = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 12)
    y = (x.abs().sum(1) > 9).long()
    x, y = augment(x, y, SimpleNamespace(permutation=permutation))
    loss = nn.functional.cross_entropy(model(x * ~masks_of(32)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
