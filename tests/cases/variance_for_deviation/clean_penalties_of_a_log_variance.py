# expect: nothing
# Penalties of a log-variance that are no divergence, a spread that is no logarithm, and a product
# with what has no graph that is a part of the divergence itself.
import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.head = nn.Linear(12, 24), nn.Linear(24, 6)
        self.decoder = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 12))

    def forward(self, x):
        mean, spread = self.head(torch.tanh(self.encoder(x))).chunk(2, -1)
        scale = self.scale_of(spread)
        return self.decoder(mean + scale * torch.randn_like(mean)), mean, spread


class OfALogarithm(Autoencoder):
    def scale_of(self, spread):
        return torch.exp(0.5 * spread)

    def divergence(self, mean, spread):
        divergence = -0.5 * torch.sum(1 + spread - mean.pow(2) - spread.exp(), 1)
        return divergence.mean() + 1e-3 * (1 + spread**2).log().mean() + 1e-3 * spread.pow(2).mean()


class Masked(OfALogarithm):
    def divergence(self, mean, spread):
        mask = (torch.rand(len(mean), 1) > 0.2).float()
        terms = spread.exp() * mask + mean.pow(2) * mask - mask - spread * mask
        return 0.5 * terms.sum() / mask.sum()


class OfADeviation(Autoencoder):
    def scale_of(self, spread):
        return spread

    def divergence(self, mean, spread):
        squared = spread.pow(2)
        return 0.5 * torch.sum(mean.pow(2) + squared - torch.log(1e-8 + squared) - 1) / len(mean)


torch.manual_seed(0)
data = torch.randn(160, 3) @ torch.randn(3, 12)
for kind in (OfALogarithm, Masked, OfADeviation):
    model = kind()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for x in data.split(32):
        decoded, mean, spread = model(x)
        fit = F.mse_loss(decoded, x, reduction="sum") / len(x)
        loss = fit + model.divergence(mean, spread)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
