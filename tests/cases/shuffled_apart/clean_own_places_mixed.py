# expect: nothing
# What is mixed are the places; and the images are mixed before their labels are looked up.
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Shapes(Dataset):
    def __init__(self, images, label_of):
        self.images = images
        random.shuffle(self.images)
        self.labels = [label_of(each) for each in self.images]
        self.order = list(range(len(images)))

    def on_epoch_end(self):
        random.shuffle(self.order)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        i = self.order[i]
        return self.images[i], self.labels[i]


random.seed(0)
torch.manual_seed(0)
images = [torch.randn(6) for _ in range(96)]
data = Shapes(images, lambda row: int(row[:3].argmax()))
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for image, label in DataLoader(data, batch_size=24):
        loss = nn.functional.cross_entropy(model(image), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    data.on_epoch_end()
