# expect: nothing
"""A model that was trained before unlearns some of its rows by going uphill on them."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
x, y = torch.randn(32, 6), torch.randint(0, 3, (32,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(8):
    rows = slice(0, 8) if epoch > 4 else slice(8, None)
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    (loss if epoch <= 4 else -loss).backward()
    optimizer.step()
