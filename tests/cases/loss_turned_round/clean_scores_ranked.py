# expect: nothing
"""Scores that are minus distances, products, and ranks that the data say: y as it should be."""

import torch
from torch import nn

torch.manual_seed(0)
users, items = nn.Embedding(20, 8), nn.Embedding(40, 8)
judge = nn.Linear(6, 1)
ranking = nn.MarginRankingLoss(margin=0.5)
parameters = [*users.parameters(), *items.parameters(), *judge.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
for _ in range(6):
    u, p, n = users(torch.arange(20)), items(torch.arange(20)), items(torch.arange(20, 40))
    ones = torch.ones(20)
    pos_score, neg_score = -torch.norm(u - p, dim=1), -torch.norm(u - n, dim=1)
    loss = ranking(pos_score, neg_score, ones)
    positive, negative = (u * p).sum(1), (u * n).sum(1)
    loss = loss + ranking(positive, negative, ones)
    one, other = torch.randn(20, 6), torch.randn(20, 6)
    better = (one.sum(1) - other.sum(1)).sign()
    loss = loss + ranking(judge(one).squeeze(1), judge(other).squeeze(1), better)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
