# expect: nothing
# The draw is set to the same before each call, is made outside, or is of two views of one image.
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def turned(picture):
    return torch.rot90(picture, random.randrange(4), (1, 2))


def cut(picture, top, left):
    return picture[:, top : top + 6, left : left + 6]


class Seeded(Dataset):
    def __init__(self):
        self.images = torch.rand(24, 1, 8, 8)
        self.masks = (self.images > 0.5).float()

    def __len__(self):
        return 24

    def __getitem__(self, at):
        seed = random.randrange(1000)
        random.seed(seed)
        image = turned(self.images[at])
        random.seed(seed)
        mask = turned(self.masks[at])
        return image, mask


class Drawn(Seeded):
    def __getitem__(self, at):
        top, left = random.randrange(3), random.randrange(3)
        return cut(self.images[at], top, left), cut(self.masks[at], top, left)


class Views(Seeded):
    def __getitem__(self, at):
        image = self.images[at]
        return turned(image), turned(image)


random.seed(0)
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for kind in (Seeded, Drawn):
    for images, masks in DataLoader(kind(), batch_size=12, shuffle=True):
        loss = nn.functional.binary_cross_entropy_with_logits(model(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
for first, second in DataLoader(Views(), batch_size=12, shuffle=True):
    gap = model(first).mean((2, 3)) - model(second).mean((2, 3))
    loss = gap.pow(2).mean() + (model(first).mean() - 1).pow(2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
