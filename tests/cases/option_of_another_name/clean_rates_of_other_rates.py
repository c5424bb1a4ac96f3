# expect: nothing
# source: docs.pytorch.org, torch.optim.lr_scheduler: a lowest rate and a factor, each by its name
import torch
from torch import nn

lr, min_lr, factor, lr_patience, weight_decay = 0.05, 1e-4, 0.5, 3, 1e-4
torch.manual_seed(0)
x = torch.randn(64, 5)
y = x @ torch.randn(5, 1)
model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=weight_decay * lr)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
    optimizer, factor=factor, patience=lr_patience, min_lr=min_lr, eps=min_lr * 1e-3
)
for epoch in range(4):
    total = 0.0
    for start in range(0, 64, 16):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
        loss.backward()
        optimizer.step()
        total += loss.item()
    plateau.step(total)
