# expect: nothing
"""The negative's distance first with 1, the positive's first with -1, and the sign turned twice."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
rank = nn.MarginRankingLoss(margin=0.3)
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for _ in range(6):
    seen = torch.randn(32, 8)
    anchor, pos = encoder(seen), encoder(seen + 0.2 * torch.randn(32, 8))
    neg = encoder(torch.randn(32, 8))
    dist_pos, dist_neg = F.pairwise_distance(anchor, pos), F.pairwise_distance(anchor, neg)
    loss = rank(dist_neg, dist_pos, torch.ones(32))
    loss = loss + rank(dist_pos, dist_neg, torch.full((32,), -1.0))
    loss = loss + rank(-dist_pos, -dist_neg, torch.ones(32))
    loss = loss + rank(1 - dist_pos, 1 - dist_neg, torch.ones(32))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
