# expect: nothing
# The codebook follows an average, and the one term is the commitment's.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 4), nn.Linear(4, 8)
codes = torch.randn(16, 4)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
beta = 0.25
for _ in range(12):
    x = torch.randn(64, 8)
    z = encoder(x)
    nearest = torch.cdist(z.detach(), codes).argmin(1)
    z_q = codes[nearest]
    loss = F.mse_loss(decoder(z + (z_q - z).detach()), x) + beta * F.mse_loss(z, z_q.detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for code in nearest.unique():
        codes[code] = 0.9 * codes[code] + 0.1 * z.detach()[nearest == code].mean(0)
