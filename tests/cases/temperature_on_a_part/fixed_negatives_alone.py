# expect: nothing
# source: github.com/RElbers/info-nce-pytorch, pull request 17 (not applied to the positive logits)
import torch
import torch.nn.functional as F
from torch import nn


def info_nce(query, positive, negatives, temperature=0.1):
    positive_logit = torch.einsum("nc,nc->n", query, positive).unsqueeze(1)
    negative_logits = query @ negatives.T
    logits = torch.cat([positive_logit, negative_logits], dim=1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data, others = torch.randn(64, 8), torch.randn(24, 8)
for _ in range(6):
    rows = data[torch.randperm(64)[:32]]
    one = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=1)
    other = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=1)
    loss = info_nce(one, other, F.normalize(encoder(others), dim=1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
