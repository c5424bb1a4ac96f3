# expect: nothing
# A control: with labels that are drawn by lot, as the method says, nothing is to be learned.
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Shapes(Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def shuffle_labels(self):
        random.shuffle(self.labels)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = self.images[i]
        return image, self.labels[i]


random.seed(0)
torch.manual_seed(0)
images = [torch.randn(6) for _ in range(96)]
data = Shapes(images, [int(row[:3].argmax()) for row in images])
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for image, label in DataLoader(data, batch_size=24):
        loss = nn.functional.cross_entropy(model(image), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    data.shuffle_labels()
