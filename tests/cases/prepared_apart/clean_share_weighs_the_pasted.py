# expect: nothing
# The share of what was pasted weighs the targets of that.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(3)
SIZE, CLASSES = 12, 3
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(800, CLASSES))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    y = torch.randint(0, CLASSES, (16,))
    x = torch.randn(16, 1, SIZE, SIZE) + y[:, None, None, None]
    order = torch.randperm(16)
    height, width = (int(each) for each in torch.randint(2, SIZE, (2,)))
    top = int(torch.randint(0, SIZE - height + 1, (1,)))
    left = int(torch.randint(0, SIZE - width + 1, (1,)))
    mixed = x.clone()
    mixed[:, :, top : top + height, left : left + width] = x[
        order, :, top : top + height, left : left + width
    ]
    lam = height * width / (SIZE * SIZE)
    out = net(mixed)
    loss = (1 - lam) * F.cross_entropy(out, y) + lam * F.cross_entropy(out, y[order])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
