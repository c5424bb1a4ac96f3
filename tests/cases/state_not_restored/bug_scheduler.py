# expect: BT487 at update 1
# source: https://github.com/IntelLabs/distiller/issues/145
import tempfile
from pathlib import Path

import torch
from torch import nn


def build():
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    return net, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)


def train(net, optimizer, scheduler, epochs):
    for _ in epochs:
        for _ in range(3):
            x = torch.randn(32, 8)
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
            optimizer.step()
        scheduler.step()


torch.manual_seed(0)
path = Path(tempfile.mkdtemp(), "last.pt")
net, optimizer, scheduler = build()
train(net, optimizer, scheduler, range(3))
torch.save(
    {
        "epoch": 3,
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    },
    path,
)

net, optimizer, scheduler = build()
checkpoint = torch.load(path)
net.load_state_dict(checkpoint["net"])
optimizer.load_state_dict(checkpoint["optimizer"])
train(net, optimizer, scheduler, range(checkpoint["epoch"], 6))
