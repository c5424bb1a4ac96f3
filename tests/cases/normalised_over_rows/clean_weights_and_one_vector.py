# expect: nothing
# Class weights have a vector in each column, and a single vector has axis 0 alone.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for _ in range(12):
    x = torch.randn(24, 10)
    one, other = encoder(x + 0.1 * torch.randn(24, 10)), encoder(x + 0.1 * torch.randn(24, 10))
    centres = F.normalize(encoder[2].weight.T, dim=0)
    middle = F.normalize(other.mean(0), dim=0)
    logits = encoder[1](encoder[0](x)) @ centres
    loss = logits.square().mean() + (F.normalize(one, dim=1) @ middle - 1).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
