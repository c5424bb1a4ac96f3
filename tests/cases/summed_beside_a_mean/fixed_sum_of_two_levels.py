# expect: nothing
import torch
from torch import nn


def kl(mu, log_var):
    loss = -0.5 * torch.sum(1 + log_var - mu**2 - log_var.exp(), dim=1)
    return torch.mean(loss, dim=0)


def kl_between(delta, log_ratio, log_var):
    loss = -0.5 * torch.sum(1 + log_ratio - delta**2 / log_var.exp() - log_ratio.exp(), dim=1)
    return torch.mean(loss, dim=0)


class TwoLevels(nn.Module):
    def __init__(self):
        super().__init__()
        self.top, self.low = nn.Linear(8, 4), nn.Linear(8, 6)
        self.prior, self.out = nn.Linear(2, 3), nn.Linear(5, 8)

    def forward(self, x):
        mu, log_var = self.top(x).chunk(2, 1)
        z = mu + (log_var / 2).exp() * torch.randn_like(mu)
        delta, log_ratio = self.low(x).chunk(2, 1)
        prior = self.prior(z)
        low = delta + ((prior + log_ratio) / 2).exp() * torch.randn_like(delta)
        terms = kl(mu, log_var) + kl_between(delta, log_ratio, prior)
        return self.out(torch.cat([z, low], 1)), terms


torch.manual_seed(0)
model = TwoLevels()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(6):
    x = torch.randn(32, 8)
    made, terms = model(x)
    loss = (made - x).pow(2).sum(1).mean() + min(1.0, step / 20) * terms
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
