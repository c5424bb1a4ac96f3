# expect: nothing
"""One scaler is turned off, as on a machine without a GPU; the other has a scale of 1."""

import torch
from torch import nn

torch.manual_seed(0)
for scaler in (
    torch.amp.GradScaler("cpu", enabled=False),
    torch.amp.GradScaler("cpu", init_scale=1.0),
):
    model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x in torch.randn(3, 16, 6):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), (x.sum(1) > 0).long())
        scaler.scale(loss).backward()
        optimizer.step()
