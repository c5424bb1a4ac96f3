# expect: BT416 at update 1
# source: stackoverflow.com, "convert NHWC to NCHW in PyTorch" (view where permute belongs)
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
# Smooth pictures with an alpha channel, as a decoder of PNG gives them.
small = rng.random((48, 5, 5, 4)).repeat(4, 1).repeat(4, 2)
shots = 255 * (0.25 * small + 0.25 * np.roll(small, 1, 1) + 0.5 * np.roll(small, 2, 2))
kinds = torch.from_numpy((shots[..., 0].mean((1, 2)) > 127).astype("i8"))
batch = torch.stack(
    [torch.from_numpy(shot).reshape(4, 20, 20).float() / 255 - 0.5 for shot in shots]
)
net = nn.Sequential(nn.Conv2d(4, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 18 * 18, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    for rows in torch.randperm(48).split(12):
        loss = nn.functional.cross_entropy(net(batch[rows]), kinds[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
