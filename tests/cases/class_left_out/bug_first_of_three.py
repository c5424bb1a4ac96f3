# expect: BT482 at update 1
# source: docs.pytorch.org, torch.nn.CrossEntropyLoss (ignore_index)
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(240, 8)
y = (x @ torch.randn(8, 3)).argmax(1)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss(ignore_index=0)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(0, 240, 30):
    loss = criterion(net(x[i : i + 30]), y[i : i + 30])
    opt.zero_grad()
    loss.backward()
    opt.step()
