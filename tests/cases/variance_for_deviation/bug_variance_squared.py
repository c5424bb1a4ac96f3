# expect: BT434 at update 1
# source: github.com/KarenUllrich/Tutorial_BayesianCompressionForDL, issue 1
# Its variance is squared once more, in a name of its own.
import torch
from torch import nn

torch.manual_seed(2)
encoder, decoder = nn.Linear(10, 6), nn.Linear(3, 10)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 10)
    z_mean, z_log_var = encoder(x).chunk(2, dim=-1)
    z_var = torch.exp(z_log_var)
    z = z_mean + z_var.sqrt() * torch.randn_like(z_mean)
    kl = 0.5 * (z_mean**2 + z_var**2 - z_log_var - 1)
    loss = (decoder(z) - x).pow(2).sum(1).mean() + 0.2 * kl.sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
