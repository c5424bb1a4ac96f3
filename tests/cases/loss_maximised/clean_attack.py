# expect: nothing
"""An input is moved uphill against a model that is frozen, and another against one that is not."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)).requires_grad_(False)
x, y = torch.randn(32, 6), torch.randint(0, 3, (32,))
delta = torch.zeros_like(x, requires_grad=True)
optimizer = torch.optim.SGD([delta], lr=0.5, maximize=True)
for _ in range(5):
    optimizer.zero_grad()
    F.cross_entropy(model(x + delta), y).backward()
    optimizer.step()
