# expect: nothing
"""Two encoders begin as one and the same copy, but were never the same tensors."""

import copy

import torch
import torch.nn.functional as F
from torch import nn


class TwoTowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 4))
        self.document = copy.deepcopy(self.query)

    def forward(self, q, d):
        q, d = F.normalize(self.query(q), dim=1), F.normalize(self.document(d), dim=1)
        return q @ d.T / 0.1


torch.manual_seed(0)
model = TwoTowers()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(4):
    q = torch.randn(8, 6)
    loss = F.cross_entropy(model(q, q + 0.1 * torch.randn_like(q)), torch.arange(8))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
