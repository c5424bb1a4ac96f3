# expect: nothing
# Momentum contrast: queries and keys are normalised, and so is what the queue holds.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data, queue = torch.randn(64, 8), F.normalize(torch.randn(16, 64), dim=0)
for _ in range(6):
    rows = data[torch.randperm(64)[:32]]
    query = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=1)
    with torch.no_grad():
        key = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=1)
    positive = torch.einsum("nc,nc->n", query, key).unsqueeze(1)
    logits = torch.cat([positive, torch.einsum("nc,ck->nk", query, queue)], dim=1) / 0.07
    loss = F.cross_entropy(logits, torch.zeros(32, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    queue = torch.cat([key.T, queue[:, :-32]], dim=1)
