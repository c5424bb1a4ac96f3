# expect: nothing
# source: https://github.com/Lightning-AI/pytorch-lightning/issues/2643
import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(300, 6)
train_set = TensorDataset(x, x.sin().sum(1, keepdim=True))
loader = DataLoader(train_set, batch_size=20, shuffle=True, drop_last=True)
epochs = 4
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
total_steps = len(loader) * epochs
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * step / total_steps))
)
for epoch in range(epochs):
    for inputs, targets in loader:
        loss = nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
