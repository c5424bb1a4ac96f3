# expect: nothing
import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(8, 6)
        self.decoder = nn.Linear(3, 8)

    def forward(self, x):
        mu, log_var = self.encoder(x).chunk(2, dim=1)
        std = torch.exp(0.5 * log_var)
        eps = torch.randn_like(std)
        return self.decoder(mu + eps * std), mu, log_var


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
