# expect: nothing
# The negatives are four times as frequent, and a false alarm is twice as bad as a miss.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 5)
y = (x[:, 0] > 0.84).long()
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss(weight=torch.tensor([2.0, 1.0]))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for rows in torch.arange(640).split(32):
    optimizer.zero_grad()
    criterion(net(x[rows]), y[rows]).backward()
    optimizer.step()
