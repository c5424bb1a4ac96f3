# expect: nothing
# Two views of the same rows are to be said alike, and both sides are trained.
import torch
from torch import nn

torch.manual_seed(4)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(32, 6)
    one, other = net(x + 0.1 * torch.randn(32, 6)), net(x + 0.1 * torch.randn(32, 6))
    spread = (1 - one.std(0)).relu().mean() + (1 - other.std(0)).relu().mean()
    loss = nn.functional.mse_loss(one, other) + spread
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
