# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 6), nn.Linear(3, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
data = torch.randn(96, 3) @ torch.randn(3, 8)
for rows in torch.randperm(96).split(16):
    x = data[rows]
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (0.5 * log_var).exp() * torch.randn_like(mu)
    recon_loss = (decoder(z) - x).pow(2).sum(1).mean()
    kl_loss = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()
    loss = recon_loss + 0.1 * kl_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
