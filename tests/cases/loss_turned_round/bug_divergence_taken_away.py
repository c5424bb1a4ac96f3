# expect: BT461 at update 1
# source: github.com/ssemeniuta/textvae, issue 4 (a divergence that is subtracted from the cost)
import torch
from torch import nn


def cost_of(x, recon, mu, logvar):
    rec = nn.functional.mse_loss(recon, x, reduction="sum") / len(x)
    kld = 0.5 * (logvar.exp() + mu**2 - 1.0 - logvar).sum(1).mean()
    return rec - kld


torch.manual_seed(0)
encoder, decoder = nn.Linear(16, 8), nn.Linear(4, 16)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(12):
    x = torch.randn(64, 4) @ torch.ones(4, 16)
    mu, logvar = encoder(x).chunk(2, 1)
    z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
    opt.zero_grad()
    cost_of(x, decoder(z), mu, logvar).backward()
    opt.step()
