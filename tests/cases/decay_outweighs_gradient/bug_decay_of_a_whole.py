# expect: BT523 at update 8
# source: discuss.pytorch.org, "loss stays at log(C) with weight_decay" (SGD, weight_decay=1)
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=1.0)
for _ in range(16):
    x = torch.randn(32, 8)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
