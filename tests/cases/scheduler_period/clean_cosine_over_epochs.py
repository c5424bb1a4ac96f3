# expect: nothing
# A period in epochs, stepped per epoch, of small epochs.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(32, 4)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=8)
held_out = DataLoader(TensorDataset(x[:8], x[:8, :1]), batch_size=8)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3)
for epoch in range(3):
    for features, target in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(features), target).backward()
        optimizer.step()
    with torch.no_grad():
        sum(nn.functional.mse_loss(model(a), b).item() for a, b in held_out)
    scheduler.step()
