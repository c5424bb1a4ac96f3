# expect: BT443
# also: BT470
# source: github.com/HobbitLong/SupContrast, issue 50; torch.nn.functional.normalize: dim is 1 by default
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
data = torch.randn(64, 8)
for _ in range(6):
    rows = data[torch.randperm(64)[:32]]
    one = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=0)
    other = F.normalize(encoder(rows + 0.1 * torch.randn(32, 8)), dim=0)
    loss = F.cross_entropy(one @ other.T / 0.07, torch.arange(32))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
