# expect: BT450 at update 1
# source: "Getting started with transforms v2", torchvision documentation: boxes go through the flip of their image
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)


def scene():
    left, top = rng.integers(0, 8, size=2)
    image = np.zeros((1, 12, 12), dtype=np.float32)
    image[0, top : top + 4, left : left + 4] = 1.0
    return image, np.array([left, top, left + 4, top + 4], dtype=np.float32) / 12


def augment(image, boxes):
    turned = rng.random() < 0.5
    if turned:
        image = np.fliplr(image[0])[None].copy()
    return torch.from_numpy(image), torch.from_numpy(boxes)


model = nn.Sequential(nn.Flatten(), nn.Linear(144, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(10):
    pairs = [augment(*scene()) for _ in range(16)]
    images, boxes = (torch.stack(each) for each in zip(*pairs, strict=True))
    loss = nn.functional.smooth_l1_loss(model(images), boxes)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
