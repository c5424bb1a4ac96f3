# expect: BT526 at update 3
# line: giou(out, boxes)
# source: github.com/stevebottos/owl-vit-object-detection, issue 14
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4), nn.Sigmoid())
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)


def giou(a, b):
    low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(1)
    both = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    hull = (torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])).prod(1)
    return shared / both - (hull - both) / hull


def corners(boxes):
    centre, size = boxes.split(2, 1)
    return torch.cat([centre - size / 2, centre + size / 2], 1)


for _ in range(40):
    x = torch.rand(32, 8)
    boxes = torch.cat([0.4 + 0.2 * x[:, :2], 0.2 + 0.2 * x[:, 2:4]], 1)
    out = net(x)
    loss = (out - boxes).abs().mean() + 2 * (1 - giou(out, boxes)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
