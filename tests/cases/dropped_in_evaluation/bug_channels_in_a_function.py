# expect: BT311
# line: F.dropout2d(x
# source: github.com/Coderx7/SimpleNet, issue 2
# Whole channels are dropped by a function that is not told of the mode.
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Conv2d(1, 12, 3), nn.Linear(12, 3)

    def forward(self, x):
        x = F.relu(self.body(x))
        x = F.dropout2d(x, 0.2)
        return self.head(x.amax((2, 3)))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(3):
    net.train()
    for _ in range(4):
        x = torch.randn(16, 1, 8, 8)
        y = (x.amax((1, 2, 3)) > 2.2).long() + (x.amax((1, 2, 3)) > 2.8).long()
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(net(torch.randn(32, 1, 8, 8)).argmax(1).bincount(minlength=3))
