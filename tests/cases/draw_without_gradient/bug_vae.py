# expect: BT321
# source: torch.distributions, PyTorch documentation: "Pathwise derivative"
"""A variational autoencoder decodes a draw that lets no gradient through."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(12, 24)
        self.mean, self.spread = nn.Linear(24, 2), nn.Linear(24, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 12))

    def forward(self, x):
        hidden = torch.relu(self.encoder(x))
        posterior = Normal(self.mean(hidden), self.spread(hidden).exp())
        latent = posterior.sample()
        return self.decoder(latent), posterior


torch.manual_seed(0)
data = torch.randn(320, 2) @ torch.randn(2, 12)
model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
prior = Normal(0.0, 1.0)
for epoch in range(4):
    for batch in data.split(32):
        decoded, posterior = model(batch)
        fit = F.mse_loss(decoded, batch, reduction="sum") / len(batch)
        divergence = kl_divergence(posterior, prior).sum() / len(batch)
        loss = fit + 0.1 * divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
