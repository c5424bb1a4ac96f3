# expect: nothing
# Boxes are an object of their own, which clip puts within an image where they stand.
import torch
from torch import nn


class Boxes:
    def __init__(self, corners):
        self.corners = corners


def clipped_to(boxes, image_size):
    boxes.corners[:, 0::2].clamp_(0, image_size[1])
    boxes.corners[:, 1::2].clamp_(0, image_size[0])


Boxes.clip = clipped_to


def within(corners, image_size):
    boxes = Boxes(corners.clone())
    boxes.clip(image_size)
    return boxes.corners


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    corners = torch.randn(32, 4) * 4 + 8
    loss = nn.functional.l1_loss(model(corners / 16), within(corners, (16, 16)) / 16)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
