# expect: BT450 at update 1
# source: "Getting started with transforms v2", torchvision documentation: an image and its masks go through one call
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(0)
torch.manual_seed(0)


def flip(picture):
    return picture.flip(-1) if random.random() < 0.5 else picture


class RandomShift:
    def __call__(self, *pictures):
        by = random.randrange(-2, 3)
        moved = tuple(picture.roll(by, -1) for picture in pictures)
        return moved if len(moved) > 1 else moved[0]


class Cells(Dataset):
    def __init__(self, shift=None):
        self.masks = torch.zeros(48, 1, 8, 8)
        for at in range(48):
            self.masks[at, 0, at % 6 : at % 6 + 3, at % 5 : at % 5 + 2] = 1
        self.images = self.masks + 0.2 * torch.randn_like(self.masks)
        self.shift = shift

    def __len__(self):
        return 48

    def __getitem__(self, at):
        image, mask = self.images[at], self.masks[at]
        if self.shift is not None:
            image = self.shift(image)
            mask = self.shift(mask)
        return image, mask


model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for images, masks in DataLoader(Cells(RandomShift()), batch_size=12, shuffle=True):
        loss = nn.functional.binary_cross_entropy_with_logits(model(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
