# expect: nothing
# The nearest negative is that of the largest likeness, whatever the matrix is called.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
centers = torch.randn(6, 10)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for _ in range(8):
    labels = torch.arange(24) % 6
    codes = F.normalize(encoder(centers[labels] + 0.5 * torch.randn(24, 10)), dim=1)
    cos_dist = codes @ codes.t()
    is_same = labels.unsqueeze(0) == labels.unsqueeze(1)
    hard_positive = cos_dist.masked_fill(~is_same, 2).min(dim=1)[0]
    hard_negative = cos_dist.masked_fill(is_same, -2).max(dim=1)[0]
    loss = (hard_negative - hard_positive + 0.3).relu().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
