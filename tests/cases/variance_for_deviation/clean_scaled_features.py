# expect: nothing
# An affine layer of a flow: its inputs are scaled by an exponential whose logarithm is in the loss.
import torch
from torch import nn

torch.manual_seed(2)
net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 6))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for _ in range(8):
    x = torch.randn(32, 6) * torch.tensor([1.0, 1.0, 1.0, 0.5, 2.0, 3.0])
    kept, moved = x.chunk(2, dim=1)
    log_scale, shift = net(kept).chunk(2, dim=1)
    z = torch.cat([kept, moved * log_scale.exp() + shift], dim=1)
    loss = (0.5 * z.pow(2).sum(1) - log_scale.sum(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
