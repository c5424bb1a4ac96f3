# expect: nothing
# A class is the same whichever way its picture is turned; a mask to be filled is drawn by itself;
# and noise moves nothing.
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(0)
torch.manual_seed(0)


def random_mask(size):
    mask = torch.ones(1, size, size)
    at = random.randrange(size - 3)
    mask[:, at : at + 3, at : at + 3] = 0
    return mask


class Pictures(Dataset):
    def __init__(self):
        self.labels = torch.arange(48) % 3
        self.images = torch.randn(48, 1, 8, 8) + self.labels.view(-1, 1, 1, 1)

    def __len__(self):
        return 48

    def __getitem__(self, at):
        image, label = self.images[at], self.labels[at]
        mask = random_mask(8)
        if random.random() < 0.5:
            image = image.flip(-1)
        return image, mask, label


class Noisy(Pictures):
    def __getitem__(self, at):
        image, mask = self.images[at], self.images[at] > 1
        if random.random() < 0.5:
            image = image + 0.1 * torch.randn_like(image)
        return image, mask, self.labels[at]


model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for kind in (Pictures, Noisy):
    for images, masks, labels in DataLoader(kind(), batch_size=12, shuffle=True):
        loss = nn.functional.cross_entropy(model(images * masks), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
