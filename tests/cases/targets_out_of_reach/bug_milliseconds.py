# expect: BT467 at update 30
# source: stackoverflow.com, "PyTorch regression predicts nearly zero" (unscaled targets, L1)
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
criterion = nn.L1Loss()
for _ in range(40):
    x = torch.rand(32, 4)
    duration = 8_000 + 4_000 * x[:, :2]
    loss = criterion(net(x), duration)
    opt.zero_grad()
    loss.backward()
    opt.step()
