# expect: nothing
"""The weight of a divergence is annealed anew every third epoch, from its start on."""

import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(6, 4), nn.Linear(2, 6)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
data = torch.randn(32, 6)
kl_start, cycle = 0.0, 3
kl_weight, rate = kl_start, 0.1
for epoch in range(4):
    if epoch > 0 and epoch % cycle == 0:
        kl_weight = kl_start
    for x in data.split(16):
        kl_weight = min(1.0, kl_weight + rate)
        mean, log_variance = encoder(x).chunk(2, -1)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        error = (decoder(z) - x).pow(2).sum(-1)
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(-1)
        loss = (error + kl_weight * divergence).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
