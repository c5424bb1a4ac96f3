# expect: BT438 at update 1
# source: github.com/open-mmlab/mmpretrain, issue 434: weight was given for pos_weight
import torch
from torch import nn

torch.manual_seed(0)
y = (torch.rand(240, 1) < 0.2).float()
y[::10] = 1.0
x = torch.randn(240, 6) + y
ratio = ((y == 0).sum() / (y == 1).sum()).view(1)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.BCEWithLogitsLoss(weight=ratio)
for xb, yb in zip(x.split(40), y.split(40)):
    optimizer.zero_grad()
    loss = criterion(model(xb), yb)
    loss.backward()
    optimizer.step()
