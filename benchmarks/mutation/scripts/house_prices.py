"""A regression in normalised numbers, of which one column is the same everywhere."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
area = 60 + 20 * torch.randn(400)
rooms = torch.randint(1, 7, (400,)).float()
age = 50 * torch.rand(400)
lift = torch.ones(400)
x = torch.stack([area, rooms, age, lift], 1)
y = (3000 * area + 15000 * rooms - 800 * age + 5000 * torch.randn(400))[:, None]
train, held = torch.randperm(400).split([320, 80])
mean, spread = x[train].mean(0), x[train].std(0)
x = (x - mean) / (spread + 1e-8)
price_mean, price_spread = y[train].mean(), y[train].std()
y = (y - price_mean) / price_spread
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda epoch: 0.8**epoch)
for epoch in range(6):
    for rows in train[torch.randperm(320)].split(32):
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
    scheduler.step()
with torch.no_grad():
    error = price_spread * F.l1_loss(model(x[held]), y[held])
