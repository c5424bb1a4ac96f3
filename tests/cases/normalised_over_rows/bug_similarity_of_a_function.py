# expect: BT443
# also: BT470
# source: "A Simple Framework for Contrastive Learning of Visual Representations", 2020, 2.1
# A function of similarities normalises over the rows.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)


def similarity(a, b):
    a = nn.functional.normalize(a, p=2, dim=0)
    b = nn.functional.normalize(b, p=2, dim=0)
    return torch.matmul(a, b.t())


for _ in range(12):
    x = torch.randn(24, 10)
    one, other = encoder(x + 0.1 * torch.randn(24, 10)), encoder(x + 0.1 * torch.randn(24, 10))
    loss = F.cross_entropy(similarity(one, other) / 0.2, torch.arange(24))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
