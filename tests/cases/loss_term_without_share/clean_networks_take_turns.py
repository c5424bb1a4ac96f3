# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
a, b = (nn.Linear(6, 6), nn.Linear(6, 6))
oa, ob = (torch.optim.Adam(a.parameters(), 0.001), torch.optim.Adam(b.parameters(), 0.001))
for ep in range(8):
    x = torch.randn(16, 6)
    first = ep // 4 % 2 == 0
    a.requires_grad_(first)
    b.requires_grad_(not first)
    la, lb = (F.mse_loss(a(x), x), F.mse_loss(b(x), x.flip(1)))
    loss = la + lb
    o = oa if first else ob
    o.zero_grad()
    loss.backward()
    o.step()
