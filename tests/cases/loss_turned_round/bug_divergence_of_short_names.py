# expect: BT461 at update 1
# source: github.com/wiseodd/generative-models, issue 43 (is the divergence added or taken away?)
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(16, 8), nn.Linear(4, 16)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(12):
    x = torch.randn(64, 4) @ torch.ones(4, 16)
    m, lv = encoder(x).chunk(2, 1)
    z = m + torch.randn_like(m) * (0.5 * lv).exp()
    kl = 0.5 * torch.mean(torch.sum(1 + lv - m * m - torch.exp(lv), dim=1))
    loss = nn.functional.mse_loss(decoder(z), x) + 0.1 * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
