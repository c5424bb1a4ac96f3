# expect: nothing
"""An estimate from many draws takes the loss of the same rows each time, and each draw's is its own."""

import torch
from torch import nn

torch.manual_seed(0)
x = (torch.rand(96, 12) < 0.3).float()
encoder, decoder = nn.Linear(12, 4), nn.Linear(2, 12)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)


def compare(z, rows):
    return nn.functional.binary_cross_entropy_with_logits(decoder(z), rows, reduction="none").sum(1)


def draw(rows):
    mean, log_var = encoder(rows).chunk(2, dim=1)
    return mean + torch.randn_like(mean) * (0.5 * log_var).exp(), mean, log_var


for epoch in range(4):
    for rows in x.split(24):
        z, mean, log_var = draw(rows)
        divergence = -0.5 * (1 + log_var - mean.pow(2) - log_var.exp()).sum(1)
        optimizer.zero_grad()
        (compare(z, rows) + divergence).mean().backward()
        optimizer.step()
    with torch.no_grad():
        _, mean, log_var = draw(x[:32])
        found = []
        for _ in range(16):
            z = mean + torch.randn_like(mean) * (0.5 * log_var).exp()
            taken = nn.functional.binary_cross_entropy_with_logits(
                decoder(z), x[:32], reduction="none"
            )
            found.append(-taken.sum(1))
        print(epoch, -torch.logsumexp(torch.stack(found), 0).mean().item())
