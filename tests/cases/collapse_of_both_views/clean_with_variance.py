# expect: nothing
# A term for the variance keeps the outputs apart (VICReg).
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for _ in range(66):
    x = torch.randn(64, 16)
    z1 = encoder(x + 0.2 * torch.randn_like(x))
    z2 = encoder(x + 0.2 * torch.randn_like(x))
    loss = 1 - F.cosine_similarity(z1, z2).mean()
    loss = loss + F.relu(1 - z1.std(0)).mean() + F.relu(1 - z2.std(0)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
