# expect: nothing
# Data that are jittered or dequantised, for an autoencoder that is to give them back as they are.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 8))
decoder = nn.Linear(4, 12)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for _ in range(24):
    x = torch.randint(0, 256, (32, 12)) / 256
    x = x + torch.rand_like(x) / 256
    mu, log_var = encoder(x).chunk(2, dim=1)
    recon = decoder(mu + (0.5 * log_var).exp() * torch.randn_like(mu))
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = F.mse_loss(recon, x, reduction="sum") / len(x) + 0.1 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
