# expect: BT468 at update 10
# source: discuss.pytorch.org, "SimCLR loss stuck at log(N)" (multiplied by the temperature)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(14):
    x = torch.randn(32, 8)
    a, b = (F.normalize(net(x + 0.1 * torch.randn(32, 8)), dim=1) for _ in range(2))
    loss = F.cross_entropy(a @ b.T * 0.07, torch.arange(32))
    opt.zero_grad()
    loss.backward()
    opt.step()
