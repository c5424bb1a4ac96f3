# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(12, 24)
        self.mean, self.spread = nn.Linear(24, 3), nn.Linear(24, 3)
        self.decoder = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 12))

    def forward(self, x):
        hidden = torch.tanh(self.encoder(x))
        mean, spread = self.mean(hidden), self.spread(hidden)
        z = mean + torch.exp(0.5 * spread) * torch.randn_like(mean)
        return self.decoder(z), mean, spread


class Divergence:
    def __call__(self, mean, spread):
        return 0.5 * (torch.square(mean) + torch.exp(spread) - spread - 1).sum(1)


torch.manual_seed(0)
data = torch.randn(160, 3) @ torch.randn(3, 12)
model, divergence = Autoencoder(), Divergence()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(2):
    for x in data.split(32):
        decoded, mean, spread = model(x)
        fit = F.mse_loss(decoded, x, reduction="sum") / len(x)
        loss = fit + divergence(mean, spread).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
