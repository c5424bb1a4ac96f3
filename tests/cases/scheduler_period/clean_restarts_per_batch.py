# expect: nothing
# Warm restarts within an epoch: that is what this schedule is for.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(128, 4)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=16)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=3)
for features, target in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(features), target).backward()
    optimizer.step()
    scheduler.step()
