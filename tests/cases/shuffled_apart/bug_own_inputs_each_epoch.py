# expect: BT448 at update 1
# source: stackoverflow.com, "shuffle two numpy arrays in unison": the same, as attributes
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Shapes(Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def on_epoch_end(self):
        random.shuffle(self.images)

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
    data.on_epoch_end()
