# expect: BT464 at update 1
# source: https://github.com/MultimediaTechLab/YOLO/issues/105
# The rows of the boxes are multiplied by the weight that mixes the images.
import torch
from torch import nn

torch.manual_seed(8)
GRID = 4


def draw():
    """An image with two bright squares, and for each its class and its place."""
    image, boxes = 0.1 * torch.randn(1, GRID, GRID), []
    for cell in torch.randperm(GRID * GRID)[:2].tolist():
        kind, row, column = int(torch.randint(1, 4, ())), cell // GRID, cell % GRID
        image[0, row, column] += kind
        boxes.append([float(kind), row / GRID, column / GRID])
    return image, torch.tensor(boxes)


def mixup(image, boxes, other, other_boxes):
    lam = torch.distributions.Beta(1.5, 1.5).sample()
    mixed = lam * image + (1 - lam) * other
    return mixed, torch.cat([lam * boxes, (1 - lam) * other_boxes])


def encode(boxes):
    target = torch.zeros(GRID, GRID, dtype=torch.long)
    for kind, row, column in boxes.tolist():
        target[int(row * GRID), int(column * GRID)] = int(kind)
    return target


net = nn.Sequential(nn.Conv2d(1, 16, 1), nn.ReLU(), nn.Conv2d(16, 4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    pairs = [mixup(*draw(), *draw()) for _ in range(16)]
    images = torch.stack([image for image, _ in pairs])
    targets = torch.stack([encode(boxes) for _, boxes in pairs])
    loss = nn.functional.cross_entropy(net(images), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
