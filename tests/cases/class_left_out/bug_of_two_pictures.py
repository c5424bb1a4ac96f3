# expect: BT482 at update 1
# source: docs.pytorch.org, torch.nn.functional.nll_loss (ignore_index)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 1, 8, 8)
y = (x.mean((1, 2, 3)) > 0).long()
net = nn.Sequential(
    nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2), nn.LogSoftmax(1)
)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for i in range(0, 200, 20):
    loss = F.nll_loss(net(x[i : i + 20]), y[i : i + 20], ignore_index=1)
    opt.zero_grad()
    loss.backward()
    opt.step()
