"""A backbone that was trained before, frozen and in evaluation mode, under a new head."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(8, 24), nn.BatchNorm1d(24), nn.ReLU())
first, second = nn.Linear(24, 2), nn.Linear(24, 3)
optimizer = torch.optim.Adam([*backbone.parameters(), *first.parameters()], lr=5e-3)
for step in range(20):
    x = torch.randn(32, 8)
    loss = F.cross_entropy(first(backbone(x)), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for parameter in backbone.parameters():
    parameter.requires_grad_(False)
backbone.eval()
optimizer = torch.optim.Adam(second.parameters(), lr=5e-3)
for step in range(20):
    x = 3 * torch.randn(32, 8) + 1
    loss = F.cross_entropy(second(backbone(x)), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
