# expect: nothing
# source: torch.nn.BatchNorm1d, PyTorch documentation: the note on momentum
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
for module in net.modules():
    if isinstance(module, nn.BatchNorm1d):
        module.momentum = 0.1
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 5)
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :1]).backward()
    opt.step()
