# expect: BT416 at update 1
# source: discuss.pytorch.org, "Reshaping logits for cross entropy"
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(8, 1, 8, 8)
    y = (x[:, 0] > 0).long()
    optimizer.zero_grad()
    logits = net(x).view(-1, 3)
    nn.functional.cross_entropy(logits, y.view(-1)).backward()
    optimizer.step()
