# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
n = 16
partner = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
for _ in range(6):
    x = torch.randn(n, 20)
    views = [x + 0.1 * torch.randn_like(x) for _ in range(2)]
    z = F.normalize(net(torch.cat(views)), dim=1)
    scores = z @ z.t() / 0.5
    scores.fill_diagonal_(float("-inf"))
    loss = F.cross_entropy(scores, partner)
    opt.zero_grad()
    loss.backward()
    opt.step()
