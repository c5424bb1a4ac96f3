# expect: nothing
# The labels' loss goes backward by itself, before the step.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder, head = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8)), nn.Linear(8, 2)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=3e-3)
for _ in range(66):
    x = torch.randn(64, 16)
    z1 = encoder(x + 0.2 * torch.randn_like(x))
    z2 = encoder(x + 0.2 * torch.randn_like(x))
    optimizer.zero_grad()
    F.cross_entropy(head(z1), (x[:, 0] > 0).long()).backward(retain_graph=True)
    (1 - F.cosine_similarity(z1, z2).mean()).backward()
    optimizer.step()
