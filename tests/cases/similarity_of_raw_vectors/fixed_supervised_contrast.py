# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data, labels = torch.randn(64, 8), torch.randint(0, 4, (64,))
same = torch.eye(32, dtype=torch.bool)
for _ in range(6):
    rows = torch.randperm(64)[:32]
    features = F.normalize(encoder(data[rows] + 0.1 * torch.randn(32, 8)), dim=1)
    logits = features @ features.T / 0.1
    logits = logits - logits.max(dim=1, keepdim=True).values.detach()
    total = torch.logsumexp(logits.masked_fill(same, float("-inf")), dim=1, keepdim=True)
    positives = (labels[rows][:, None] == labels[rows]) & ~same
    loss = -((logits - total) * positives).sum(1).div(positives.sum(1).clamp(min=1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
