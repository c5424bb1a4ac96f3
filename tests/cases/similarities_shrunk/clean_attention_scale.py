# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
queries, keys = nn.Linear(8, 64), nn.Linear(8, 64)
opt = torch.optim.Adam([*queries.parameters(), *keys.parameters()], lr=1e-3)
for _ in range(14):
    x = torch.randn(24, 8)
    logits = queries(x) @ keys(x).T / 8
    loss = F.cross_entropy(logits, torch.arange(24))
    opt.zero_grad()
    loss.backward()
    opt.step()
