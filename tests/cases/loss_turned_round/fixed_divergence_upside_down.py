# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 6), nn.Linear(3, 8)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
for _ in range(6):
    x = torch.rand(16, 8)
    mu, log_var = encoder(x).chunk(2, dim=1)
    code = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
    kl = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp()) / 16
    loss = nn.functional.mse_loss(decoder(code), x, reduction="sum") / 16 + kl
    opt.zero_grad()
    loss.backward()
    opt.step()
