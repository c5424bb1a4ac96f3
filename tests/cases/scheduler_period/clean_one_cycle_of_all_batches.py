# expect: nothing
# A cycle as long as all batches, stepped after each of them.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=16)
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters())
total = 3 * len(loader)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=total)
for epoch in range(3):
    for features, target in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(features), target).backward()
        optimizer.step()
        scheduler.step()
