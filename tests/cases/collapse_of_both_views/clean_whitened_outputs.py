# expect: nothing
# Whitening keeps the outputs apart (W-MSE).
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)


def whiten(z):
    z = z - z.mean(0)
    factor = torch.linalg.cholesky(z.T @ z / len(z) + 1e-4 * torch.eye(8))
    return torch.linalg.solve_triangular(factor, z.T, upper=False).T


for _ in range(66):
    x = torch.randn(64, 16)
    z1 = encoder(x + 0.2 * torch.randn_like(x))
    z2 = encoder(x + 0.2 * torch.randn_like(x))
    one, other = F.normalize(whiten(z1), dim=-1), F.normalize(whiten(z2), dim=-1)
    loss = F.mse_loss(one, other)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
