# expect: BT407 at update 2
# source: torch.no_grad, PyTorch documentation; Kingma and Welling, Auto-Encoding Variational Bayes, 2013
import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self, d=16, z=3):
        super().__init__()
        self.enc = nn.Linear(d, 12)
        self.mu = nn.Linear(12, z)
        self.logvar = nn.Linear(12, z)
        self.dec = nn.Sequential(nn.Linear(z, 12), nn.ReLU(), nn.Linear(12, d))

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return self.dec(z), mu, logvar


torch.manual_seed(0)
vae = VAE()
opt = torch.optim.Adam(vae.parameters(), lr=1e-3)
for it in range(5):
    x = torch.rand(32, 16)
    recon, mu, logvar = vae(x)
    rec = F.mse_loss(recon, x, reduction="sum") / x.size(0)
    with torch.no_grad():
        kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / x.size(0)
    loss = rec + 0.5 * kld
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(it, rec.item(), kld.item())
