# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
features = nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 4)).requires_grad_(False)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(8):
    x = torch.randn(16, 8)
    out = net(x)
    seen = features(out)
    loss = F.l1_loss(out, x) + 0.1 * F.mse_loss(seen, features(x))
    opt.zero_grad()
    loss.backward()
    opt.step()
