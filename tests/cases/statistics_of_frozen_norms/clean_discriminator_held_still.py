# expect: nothing
"""A discriminator with batch norm is frozen for each step of the generator, and thawed after it."""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
judge = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3)
d_optimizer = torch.optim.Adam(judge.parameters(), lr=1e-3)
loss = nn.BCEWithLogitsLoss()
for _ in range(12):
    judge.requires_grad_(True)
    fake = generator(torch.randn(16, 3))
    d_optimizer.zero_grad()
    real = loss(judge(torch.randn(16, 2) + 2), torch.ones(16, 1))
    (real + loss(judge(fake.detach()), torch.zeros(16, 1))).backward()
    d_optimizer.step()
    judge.requires_grad_(False)
    g_optimizer.zero_grad()
    loss(judge(fake), torch.ones(16, 1)).backward()
    g_optimizer.step()
