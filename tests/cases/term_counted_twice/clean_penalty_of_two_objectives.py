# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(192, 9)
first, second = (x @ torch.randn(9, 3)).argmax(1), torch.tanh(x @ torch.randn(9, 2))
trunk, one, other = nn.Linear(9, 16), nn.Linear(16, 3), nn.Linear(16, 2)
parts = nn.ModuleList([trunk, one, other])
optimizer = torch.optim.Adam(parts.parameters(), lr=1e-3)
for epoch in range(4):
    for i in range(0, 192, 32):
        features = torch.tanh(trunk(x[i : i + 32]))
        penalty = 1e-3 * features.abs().mean()
        first_loss = F.cross_entropy(one(features), first[i : i + 32]) + penalty
        second_loss = F.mse_loss(other(features), second[i : i + 32]) + penalty
        loss = first_loss + second_loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
