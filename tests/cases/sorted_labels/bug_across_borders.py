# expect: BT409
# source: github.com/Deci-AI/super-gradients, issue 416
"""Batches straddle the borders of the classes: most hold one of the eight, some two."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
CENTRES = torch.randn(8, 3, 6, 6)


class Folder(Dataset):
    def __init__(self, each):
        self.samples = [
            (CENTRES[c] + torch.randn(3, 6, 6), c) for c in range(8) for _ in range(each)
        ]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        return self.samples[index]


options = {"batch_size": 16}
train_loader = DataLoader(Folder(40), **options)
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 8))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
for _ in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
