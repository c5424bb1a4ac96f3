# expect: nothing
# A network that gives the logarithm of a deviation: its divergence has twice of it.
import torch
from torch import nn

torch.manual_seed(1)
encoder, decoder = nn.Linear(8, 4), nn.Linear(2, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=3e-3)
for _ in range(8):
    x = torch.randn(24, 8)
    mean, log_std = encoder(x).chunk(2, dim=1)
    z = mean + log_std.exp() * torch.randn_like(mean)
    divergence = -0.5 * (1 + 2 * log_std - mean**2 - (2 * log_std).exp()).sum(dim=1).mean()
    loss = (decoder(z) - x).pow(2).sum(dim=1).mean() + 0.3 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
