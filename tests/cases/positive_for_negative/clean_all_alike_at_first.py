# expect: nothing
# What is drawn into one point, or was never apart, holds no item twice.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
left, right = nn.Linear(6, 8), nn.Linear(6, 8)
for each in (left, right):
    nn.init.constant_(each.bias, 3.0)
    nn.init.normal_(each.weight, std=1e-9)
opt = torch.optim.SGD([*left.parameters(), *right.parameters()], lr=1e-3)
for _ in range(5):
    x = torch.randn(16, 6)
    a, b = F.normalize(left(x), dim=1), F.normalize(right(x), dim=1)
    loss = F.cross_entropy(a @ b.t() / 0.1, torch.arange(16))
    opt.zero_grad()
    loss.backward()
    opt.step()
