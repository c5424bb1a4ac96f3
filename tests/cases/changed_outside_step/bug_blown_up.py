# expect: BT206 warning
# line: weight.mul_(1.5)
# source: "Decoupled Weight Decay Regularization" (Loshchilov, Hutter, 2019): decay is a factor below 1, here above
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(4):
    opt.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    opt.step()
    with torch.no_grad():
        net[0].weight.mul_(1.5)
