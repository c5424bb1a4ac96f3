# expect: nothing
# Clipped once per update, after the last micro-batch; the scaler unscales first.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for i, x in enumerate(torch.randn(8, 8, 6), start=1):
    loss = nn.functional.cross_entropy(model(x), (x.sum(1) > 0).long()) / 2
    scaler.scale(loss).backward()
    if i % 2 == 0:
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
