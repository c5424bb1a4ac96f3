# expect: BT478 at update 32
# source: https://github.com/OlgaChernytska/2D-Hand-Pose-Estimation-RGB/issues/2
# The list of an epoch's losses is begun anew for each batch.
import torch
from torch import nn

torch.manual_seed(4)
x = torch.randn(64, 6)
y = x @ torch.randn(6, 1) + torch.randn(64, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1, factor=0.5)


def train_epoch():
    for rows in torch.randperm(64).split(8):
        losses = []
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


for epoch in range(10):
    scheduler.step(train_epoch())
