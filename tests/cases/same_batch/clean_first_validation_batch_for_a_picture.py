# expect: nothing
"""After each epoch the first batch of the validation data is drawn, for a picture of it."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rows = torch.rand(96, 8)
training = DataLoader(TensorDataset(rows[:64]), batch_size=8, shuffle=True)
validation = DataLoader(TensorDataset(rows[64:]), batch_size=8)
model = nn.Sequential(nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 8))
optimizer = torch.optim.Adamax(model.parameters(), lr=1e-2)
for epoch in range(5):
    (shown,) = next(iter(validation))
    print(epoch, shown[0, :3].tolist())
    for (batch,) in training:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(batch), batch).backward()
        optimizer.step()
