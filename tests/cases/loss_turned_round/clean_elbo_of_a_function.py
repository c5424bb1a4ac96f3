# expect: nothing
"""A bound that is to be large: the likelihood is minus a loss, and so is what is subtracted."""

import torch
from torch import nn


def elbo_of(x, reconstructed, mean, log_var):
    likelihood = -nn.functional.mse_loss(reconstructed, x, reduction="sum")
    minus_kl = 0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
    return likelihood + minus_kl


torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 6), nn.Linear(3, 8)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
for _ in range(6):
    x = torch.rand(16, 8)
    mu, log_var = encoder(x).chunk(2, dim=1)
    code = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
    loss = -elbo_of(x, decoder(code), mu, log_var) / len(x)
    opt.zero_grad()
    loss.backward()
    opt.step()
