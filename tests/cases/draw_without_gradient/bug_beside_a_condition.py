# expect: BT321
# source: torch.distributions, PyTorch documentation: "Pathwise derivative"
"""A conditional autoencoder decodes its draw beside the condition."""

import torch
from torch import nn
from torch.distributions import Independent, Normal

torch.manual_seed(1)


class CVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(8 + 3, 16), nn.Tanh(), nn.Linear(16, 4))
        self.dec = nn.Sequential(nn.Linear(2 + 3, 16), nn.Tanh(), nn.Linear(16, 8))

    def posterior(self, x, c):
        mu, raw = self.enc(torch.cat([x, c], dim=-1)).chunk(2, dim=-1)
        return Independent(Normal(mu, nn.functional.softplus(raw) + 1e-4), 1)

    def loss(self, x, c):
        q = self.posterior(x, c)
        z = q.sample()
        recon = -Normal(self.dec(torch.cat([z, c], -1)), 1.0).log_prob(x).sum(-1)
        p = Independent(Normal(torch.zeros(2), torch.ones(2)), 1)
        return (recon + torch.distributions.kl_divergence(q, p)).mean()


net = CVAE()
opt = torch.optim.Adam(net.parameters(), 1e-3)
for _ in range(8):
    x = torch.randn(24, 8)
    c = nn.functional.one_hot(torch.randint(0, 3, (24,)), 3).float()
    loss = net.loss(x, c)
    opt.zero_grad()
    loss.backward()
    opt.step()
