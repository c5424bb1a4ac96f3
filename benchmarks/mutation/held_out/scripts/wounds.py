"""Small spots are marked in images; as few pixels are of a spot, each of those weighs more."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
images = 0.3 * torch.randn(96, 1, 16, 16)
masks = torch.zeros(96, 16, 16, dtype=torch.long)
for image, mask in zip(images, masks):
    top, left = torch.randint(0, 12, (2,)).tolist()
    image[:, top : top + 4, left : left + 4] += 1
    mask[top : top + 4, left : left + 4] = 1
counts = torch.bincount(masks.flatten(), minlength=2).float()
weight = counts.sum() / (2 * counts)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 2, 1),
)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
model.train()
for epoch in range(6):
    for rows in torch.randperm(96).split(16):
        image, mask = images[rows], masks[rows]
        if torch.rand(()) < 0.5:
            image, mask = image.flip(-1), mask.flip(-1)
        if torch.rand(()) < 0.5:
            image, mask = image.flip(-2), mask.flip(-2)
        loss = F.cross_entropy(model(image), mask, weight=weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
