# expect: BT541 at update 1
# source: github.com/kaist-dmlab/TRAP, pull request 1
import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self, latent=3):
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2 * latent))
        self.decoder = nn.Linear(latent, 8)

    def forward(self, x):
        h = self.encoder(x)
        mu = h[:, : self.latent]
        log_var = h[:, : self.latent]
        z = mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)
        return self.decoder(z), mu, log_var


torch.manual_seed(0)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 8)
    out, mu, log_var = model(x)
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = (out - x).pow(2).sum(1).mean() + divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
