# expect: BT460 warning at update 1
# source: discuss.pytorch.org/t/using-bcewithlogisloss-for-multi-label-classification/67011
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 10)
y = (x @ torch.randn(10, 5) > 0).float()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 5))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()
for i in range(0, 128, 16):
    loss = criterion(net(x[i : i + 16]), y[i : i + 16])
    opt.zero_grad()
    loss.backward()
    opt.step()
