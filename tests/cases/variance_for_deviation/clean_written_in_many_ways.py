# expect: nothing
# Divergences as they are written: by a deviation, a variance, their logarithms, and by names.
import torch
from torch import nn


def by_deviation(mu, log_std):
    std = log_std.exp()
    return -0.5 * (1 + 2 * log_std - mu**2 - std**2)


def by_half(mu, logvar):
    std = torch.exp(logvar / 2)
    return -0.5 * (1 + logvar - mu * mu - std * std)


def by_logarithm(mu, logvar):
    var = logvar.exp()
    return 0.5 * (mu.pow(2) + var - 1 - torch.log(var))


def by_squares(mu, log_sigma):
    mu, sigma = mu.pow(2), torch.exp(log_sigma)
    return -0.5 * (1 + torch.log(sigma**2) - mu - sigma.pow(2))


torch.manual_seed(1)
encoder, decoder = nn.Linear(10, 6), nn.Linear(3, 10)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for divergence in (by_deviation, by_half, by_logarithm, by_squares):
    for _ in range(3):
        x = torch.randn(32, 10)
        mean, log_std = encoder(x).chunk(2, dim=-1)
        log = log_std if divergence in (by_deviation, by_squares) else 2 * log_std
        z = mean + log_std.exp() * torch.randn_like(mean)
        fit = (decoder(z) - x).pow(2).sum(1).mean()
        loss = fit + 0.1 * divergence(mean, log).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
