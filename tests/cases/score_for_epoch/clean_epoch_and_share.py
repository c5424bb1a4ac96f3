# expect: nothing
# source: docs.pytorch.org, torch.optim.lr_scheduler.CosineAnnealingWarmRestarts: step(epoch + i / iters)
import torch
from torch import nn
from torch.optim import lr_scheduler

torch.manual_seed(0)
x = torch.randn(64, 5)
y = x @ torch.randn(5, 1)
model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
for epoch in range(5):
    total = 0.0
    for start in range(0, 64, 16):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
        loss.backward()
        optimizer.step()
        total += loss.item()
    val_loss = total / 4
    scheduler.step(epoch + 1)
    print(epoch, val_loss)
