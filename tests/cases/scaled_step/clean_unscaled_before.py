# expect: nothing
"""Unscaled and clipped; unscaled and stepped directly; divided by hand; by a fused optimizer."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
plain = torch.optim.SGD(model.parameters(), lr=0.1)
fused = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
scaler = torch.amp.GradScaler("cpu", init_scale=512.0)


def backward():
    x = torch.randn(16, 6)
    model.zero_grad()
    loss = nn.functional.cross_entropy(model(x), (x.sum(1) > 0).long())
    scaler.scale(loss).backward()


for _ in range(2):
    backward()
    scaler.unscale_(plain)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(plain)
    scaler.update()
for _ in range(2):
    backward()
    scaler.unscale_(plain)
    plain.step()
    scaler.update()
for _ in range(2):
    backward()
    for parameter in model.parameters():
        parameter.grad /= scaler.get_scale()
    plain.step()
for _ in range(2):
    backward()
    scaler.step(fused)
    scaler.update()
