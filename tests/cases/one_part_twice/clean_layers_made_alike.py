# expect: nothing
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.body = nn.Linear(8, width)
        self.mu = self.make(width)
        self.log_var = self.make(width)

    def make(self, width):
        return nn.Linear(width, 3)

    def forward(self, x):
        h = torch.relu(self.body(x))
        mean = self.mu(h)
        scale = self.log_var(h)
        return mean, scale


torch.manual_seed(0)
encoder, decoder = Encoder(), nn.Linear(3, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 8)
    mu, log_var = encoder(x)
    out = decoder(mu + torch.exp(0.5 * log_var) * torch.randn_like(mu))
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = (out - x).pow(2).sum(1).mean() + divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
