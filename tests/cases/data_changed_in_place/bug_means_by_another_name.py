# expect: BT418 at update 1
# source: github.com/GengDavid/pytorch-cpn, pull request 9: the means of pixels shrink at each draw
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Keypoints(Dataset):
    def __init__(self):
        draw = np.random.RandomState(0)
        self.images = draw.randint(0, 256, (96, 3, 6, 6))
        self.labels = (self.images[:, 0].mean((1, 2)) > 127).astype("int64")
        self.pixel_means = np.array([122.7717, 115.9465, 102.9801])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        means = self.pixel_means
        means /= 255.0
        image = self.images[index] / 255.0 - means[:, None, None]
        return torch.tensor(image).float(), self.labels[index]


torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(108, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
loader = DataLoader(Keypoints(), batch_size=16, shuffle=True)
for _ in range(4):
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
