# expect: BT206 at update 4
# line: p *= 0.8
# source: "Decoupled weight decay by hand", discuss.pytorch.org
import torch
from torch import nn

torch.manual_seed(1)
net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for _ in range(10):
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
    with torch.no_grad():
        for p in net.parameters():
            p *= 0.8
