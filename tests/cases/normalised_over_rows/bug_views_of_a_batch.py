# expect: BT443
# also: BT470
# source: "A Simple Framework for Contrastive Learning of Visual Representations", 2020, 2.1
# Two views are normalised over the rows of the batch.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for _ in range(12):
    x = torch.randn(24, 10)
    one, other = encoder(x + 0.1 * torch.randn(24, 10)), encoder(x + 0.1 * torch.randn(24, 10))
    one, other = F.normalize(one, dim=0), F.normalize(other, dim=0)
    logits = one @ other.T / 0.2
    loss = F.cross_entropy(logits, torch.arange(24))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
