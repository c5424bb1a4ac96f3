# expect: nothing
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(0)
torch.manual_seed(0)


class Cells(Dataset):
    def __init__(self, augment):
        self.masks = torch.zeros(48, 1, 8, 8)
        for at in range(48):
            self.masks[at, 0, at % 6 : at % 6 + 3, at % 5 : at % 5 + 2] = 1
        self.images = self.masks + 0.2 * torch.randn_like(self.masks)
        self.augment = augment

    def __len__(self):
        return 48

    def __getitem__(self, at):
        image, mask = self.images[at], self.masks[at]
        if self.augment and random.random() < 0.5:
            image = torch.flip(image, dims=[-1])
            mask = torch.flip(mask, dims=[-1])
        return image, mask


model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for images, masks in DataLoader(Cells(True), batch_size=12, shuffle=True):
        loss = nn.functional.binary_cross_entropy_with_logits(model(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
