# expect: nothing
# The products of columns are to be those of a unit matrix, as Barlow Twins wants them.
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
    products = one.T @ other
    loss = (products - torch.eye(8)).square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
