# expect: BT450 at update 1
# source: https://github.com/thuanz123/realfill/issues/4
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Turned:
    def __init__(self, share):
        self.share = share

    def __call__(self, picture):
        return torch.rot90(picture, 1, (1, 2)) if random.random() < self.share else picture


class Cells(Dataset):
    def __init__(self, transform=None):
        self.masks = torch.zeros(48, 1, 8, 8)
        for at in range(48):
            self.masks[at, 0, at % 6 : at % 6 + 3, at % 5 : at % 5 + 2] = 1
        self.images = self.masks + 0.2 * torch.randn_like(self.masks)
        self.transform = transform

    def __len__(self):
        return 48

    def __getitem__(self, at):
        sample = {"image": self.images[at], "mask": self.masks[at]}
        for key in ("image", "mask"):
            sample[key] = self.transform(sample[key])
        return sample


random.seed(0)
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 1, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for sample in DataLoader(Cells(Turned(0.5)), batch_size=12, shuffle=True):
        output = model(sample["image"])
        loss = nn.functional.binary_cross_entropy_with_logits(output, sample["mask"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
