# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 6)
y = (x[:, :3] > torch.tensor([1.3, 1.0, 1.5])).float()
positives = y.sum(0)
negatives = len(y) - positives
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
criterion = nn.BCEWithLogitsLoss(pos_weight=negatives / positives)
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(2):
    for rows in torch.randperm(800).split(40):
        loss = criterion(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
