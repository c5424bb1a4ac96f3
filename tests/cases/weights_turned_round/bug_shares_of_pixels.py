# expect: BT528 at update 1
# source: github.com/PRBonn/lidar-bonnetal, issue 48
import torch
from torch import nn

torch.manual_seed(1)
pictures = torch.randn(96, 1, 8, 8)
labels = torch.bucketize(pictures[:, 0], torch.tensor([0.2, 1.0, 1.6]))
share = torch.bincount(labels.flatten(), minlength=4) / labels.numel()
weight = 1 / torch.log(1 / share + 1e-2)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(2):
    for rows in torch.randperm(96).split(12):
        loss = nn.functional.cross_entropy(net(pictures[rows]), labels[rows], weight=weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
