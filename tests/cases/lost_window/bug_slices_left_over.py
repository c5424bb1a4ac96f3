# expect: BT110 at update 3
# line: if (step + 1) % accumulation == 0:
# source: discuss.pytorch.org/t/pytorch-gradient-accumulation/55955 (15 batches in pairs)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(200, 10), torch.randn(200, 1)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
accumulation = 4
for epoch in range(3):
    for step, i in enumerate(range(0, 200, 20)):
        loss = F.mse_loss(net(x[i : i + 20]), y[i : i + 20]) / accumulation
        loss.backward()
        if (step + 1) % accumulation == 0:
            opt.step()
            opt.zero_grad()
