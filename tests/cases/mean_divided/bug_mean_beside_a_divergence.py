# expect: BT581
# source: github.com/xavysp/DexiNed, issue 45
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
mixing = torch.randn(3, 12)
encoder = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 6))
decoder = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 12))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for _ in range(60):
    x = torch.sigmoid(torch.randn(64, 3) @ mixing)
    mu, log_var = encoder(x).chunk(2, dim=1)
    logits = decoder(mu + torch.randn_like(mu) * (0.5 * log_var).exp())
    fit = F.binary_cross_entropy_with_logits(logits, x, reduction="mean") / x.size(0)
    divergence = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp()) / x.size(0)
    loss = fit + 0.01 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
