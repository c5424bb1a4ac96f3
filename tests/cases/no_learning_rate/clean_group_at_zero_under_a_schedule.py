# expect: nothing
"""A group whose rate is zero from the beginning, while a warm-up raises that of the others."""

import torch
from torch import nn

torch.manual_seed(124)
layers = [nn.Linear(12, 32), nn.Linear(32, 32), nn.Linear(32, 4)]
net = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
groups = [
    {"params": layer.parameters(), "lr": rate} for layer, rate in zip(layers, (0, 1e-3, 3e-3))
]
optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
warm_up = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 5))
centers = torch.randn(4, 12)
y = torch.randint(0, 4, (320,))
x = centers[y] + torch.randn(320, 12)
for i in range(0, 320, 32):
    loss = nn.functional.cross_entropy(net(x[i : i + 32]), y[i : i + 32])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    warm_up.step()
