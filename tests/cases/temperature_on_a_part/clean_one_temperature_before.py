# expect: nothing
"""Vectors are scaled by the root of the temperature before any product is taken."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data, bank = torch.randn(64, 8), F.normalize(torch.randn(24, 16), dim=1)
temperature = 0.1
for _ in range(6):
    rows = data[torch.randperm(64)[:32]]
    q = F.normalize(encoder(rows), dim=1) / temperature
    k = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=1)
    near = torch.einsum("nc,nc->n", q, k)[:, None]
    logits = torch.cat([near, q @ bank.T], dim=1)
    loss = F.cross_entropy(logits, torch.zeros(32, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
