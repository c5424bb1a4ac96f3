"""Squares are marked in images, few of which have labels; the rest are held to a mean teacher."""

import copy

import torch
import torch.nn.functional as F
from torch import nn


def draw(count):
    images = 0.3 * torch.randn(count, 1, 16, 16)
    masks = torch.zeros(count, 16, 16, dtype=torch.long)
    for image, mask in zip(images, masks):
        top, left = torch.randint(0, 8, (2,)).tolist()
        image[:, top : top + 8, left : left + 8] += 1
        mask[top : top + 8, left : left + 8] = 1
    return images, masks


torch.manual_seed(0)
images, masks = draw(64)
unlabelled, _ = draw(128)
student = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 2, 1),
)
teacher = copy.deepcopy(student).requires_grad_(False)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
for step in range(40):
    rows = torch.randint(0, 64, (16,))
    image, mask = images[rows], masks[rows]
    if torch.rand(1) < 0.5:
        image = image.flip(-1)
        mask = mask.flip(-1)
    others = unlabelled[torch.randint(0, 128, (16,))]
    with torch.no_grad():
        believed = teacher(others).softmax(1)
    supervised = F.cross_entropy(student(image), mask)
    noisy = others + 0.2 * torch.randn_like(others)
    consistency = F.mse_loss(student(noisy).softmax(1), believed)
    loss = supervised + min(1.0, step / 20) * consistency
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for kept, now in zip(teacher.parameters(), student.parameters()):
            kept.mul_(0.9).add_(now, alpha=0.1)
