# expect: nothing
# The loss of each batch is divided by its rows.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(12, 6), nn.Linear(3, 12)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=5e-3)
data = torch.randn(160, 3) @ torch.randn(3, 12)
for epoch in range(4):
    for x in data.split(32):
        mean, log_var = encoder(x).chunk(2, dim=1)
        rebuilt = decoder(mean + torch.randn_like(mean) * torch.exp(0.5 * log_var))
        fit = F.mse_loss(rebuilt, x, reduction="sum") / len(x)
        divergence = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / len(x)
        loss = fit + 0.1 * divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
