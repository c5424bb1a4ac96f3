# expect: BT528
# also: BT473
# source: github.com/automl/Auto-PyTorch, pull request 263
# The negatives are counted as the positives less all rows: the weight is below zero.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, 0] > 0.8).float()
ones = y.sum()
zeros = ones - len(y)
criterion = nn.BCEWithLogitsLoss(pos_weight=zeros / ones)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    for rows in torch.randperm(256).split(64):
        optimizer.zero_grad()
        criterion(model(x[rows])[:, 0], y[rows]).backward()
        optimizer.step()
