# expect: BT446 at update 1
# source: github.com/tongtybj/TrTr, issue 13
import torch
from torch import nn

torch.manual_seed(0)
picture = torch.rand(32, 1, 8, 8)


def find_box(picture):
    """The place of the brightest point, and where the picture is valid."""
    at = picture.flatten(1).argmax(1)
    return torch.stack([at // 8, at % 8], 1).float(), torch.full((len(picture), 2), 7.0)


def turn(points, wide):
    return torch.stack([points[:, 0], wide - 1 - points[:, 1]], 1)


def flip(picture, box, valid):
    wide = picture.shape[-1]
    picture = picture.flip(-1)
    box = turn(box, wide)
    box = turn(valid, wide)
    return picture, box, valid


net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(6):
    box, valid = find_box(picture)
    seen, box, valid = flip(picture, box, valid) if epoch % 2 else (picture, box, valid)
    loss = nn.functional.smooth_l1_loss(net(seen), box)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
