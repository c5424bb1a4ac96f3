# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(12, 24)
        self.mu, self.log_var = nn.Linear(24, 3), nn.Linear(24, 3)
        self.decoder = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 12))

    def forward(self, x):
        hidden = torch.tanh(self.encoder(x))
        mu, log_var = self.mu(hidden), self.log_var(hidden)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * log_var)
        return self.decoder(z), mu, log_var


torch.manual_seed(0)
data = torch.randn(160, 3) @ torch.randn(3, 12)
model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(2):
    for x in data.split(32):
        decoded, mu, log_var = model(x)
        fit = F.mse_loss(decoded, x, reduction="sum") / len(x)
        divergence = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp()) / len(x)
        loss = fit + divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
