# expect: nothing
# Weights that are 1, that weigh the term where it is made, or that are read by a helper.
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(0)
RECON_WEIGHT = 1.0
config = {"align_weight": 0.2}


class VAE(nn.Module):
    def __init__(self, kl_weight=0.05, sparse_weight=0.1):
        super().__init__()
        self.kl_weight = kl_weight
        self.sparse_weight = sparse_weight
        self.encoder, self.decoder = nn.Linear(12, 8), nn.Linear(4, 12)

    def divergence(self, q):
        return self.kl_weight * kl_divergence(q, Normal(0.0, 1.0)).mean()

    def step(self, x):
        mean, log_std = self.encoder(x).chunk(2, 1)
        q = Normal(mean, log_std.exp())
        z = q.rsample()
        recon = F.mse_loss(self.decoder(z), x)
        kl = self.divergence(q)
        sparse = sum(w * z.abs().mean() for w in weights_of(self))
        align_weight = config["align_weight"]
        align = align_weight * (z.mean(0) ** 2).mean()
        loss = recon + kl + sparse + align
        return loss, kl


def weights_of(model):
    return [model.sparse_weight]


def scored(x, model, recon_weight=1.0):
    with torch.no_grad():
        recon = F.mse_loss(model.decoder(model.encoder(x)[:, :4]), x)
        size = x.abs().mean()
        total_loss = recon + size
    return total_loss, size


model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
mixed = torch.randn(4, 12)
for _ in range(8):
    x = torch.randn(32, 4) @ mixed
    loss, _ = model.step(x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
scored(x, model)
