# expect: BT574 at update 1
# source: github.com/neuraloperator/neuraloperator, pull request 619: a weight is added and multiplies no term
import argparse

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--kl-weight", type=float, default=0.05)
parser.add_argument("--steps", type=int, default=80)
args = parser.parse_args([])

torch.manual_seed(0)
mixing = torch.randn(3, 12)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 6))
        self.decoder = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 12))

    def forward(self, x):
        mu, log_var = self.encoder(x).chunk(2, dim=1)
        z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
        return self.decoder(z), mu, log_var


model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(args.steps):
    x = torch.randn(64, 3) @ mixing + 0.1 * torch.randn(64, 12)
    x_hat, mu, log_var = model(x)
    mse = F.mse_loss(x_hat, x, reduction="sum") / len(x)
    kl = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = mse + args.kl_weight + kl
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
