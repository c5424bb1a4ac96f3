# expect: nothing
# Positives are the more frequent here: the number of negatives divided by theirs is below 1.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 5)
y = (x[:, 0] > -0.8).float()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss(pos_weight=(1 - y).sum() / y.sum())
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for rows in torch.arange(640).split(32):
    optimizer.zero_grad()
    criterion(net(x[rows]).squeeze(1), y[rows]).backward()
    optimizer.step()
