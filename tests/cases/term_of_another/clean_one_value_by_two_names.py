# expect: nothing
# Copies that are changed later, sizes that are the same, and a spread of distances for its own sake.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
for step in range(20):
    x_1 = torch.randn(64, 8)
    x_2 = x_1 + 0.1 * torch.randn_like(x_1)
    width_1 = x_1.shape[1]
    width_2 = x_1.shape[1]
    seen_1 = x_1.clone()
    seen_2 = x_1.clone()
    seen_2[:, 0] = 0
    z_1, z_2 = encoder(seen_1), encoder(seen_2)
    to_1 = F.cross_entropy(z_1 @ z_2.T, torch.arange(64))
    to_2 = F.cross_entropy(z_2 @ z_1.T, torch.arange(64))
    apart = F.pairwise_distance(z_1, z_2)
    spread_z = torch.sqrt(z_1.var(dim=0) + 1e-4)
    spread_d = torch.sqrt(apart.var(dim=0) + 1e-4)
    loss = (to_1 + to_2) / (width_1 + width_2) + F.relu(1 - spread_z).mean() + 0.01 * spread_d
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
