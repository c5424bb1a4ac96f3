# expect: nothing
"""Gradient descent by hand that divides by the scale as it goes."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 2)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for x in torch.randn(4, 16, 6):
    loss = nn.functional.cross_entropy(model(x), (x.sum(1) > 0).long())
    scaler.scale(loss).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.1 * parameter.grad / scaler.get_scale()
            parameter.grad = None
