# expect: BT209 at update 2
# source: "Optimizing Model Parameters", PyTorch tutorials (backward stands in the loop)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 10)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(6):
    for i in range(0, 128, 16):
        loss = F.mse_loss(net(x[i : i + 16]), y[i : i + 16])
    opt.zero_grad()
    loss.backward()
    opt.step()
