# expect: BT460 at update 1
# source: docs.pytorch.org, torch.nn.MultiLabelMarginLoss: "only consider labels 3 and 0, not after label -1"
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 10)
y = (x @ torch.randn(10, 5) > 2).long()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 5))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.MultiLabelMarginLoss()
for i in range(0, 96, 16):
    loss = criterion(net(x[i : i + 16]), y[i : i + 16])
    opt.zero_grad()
    loss.backward()
    opt.step()
