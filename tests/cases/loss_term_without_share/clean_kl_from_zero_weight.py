# expect: nothing
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
enc, dec = torch.nn.Linear(6, 4), torch.nn.Linear(2, 6)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], lr=1e-2)
for epoch in range(5):
    beta = max(0.0, (epoch - 2) / 10)
    x = torch.rand(16, 6)
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
    rec = F.mse_loss(dec(z), x)
    kl = beta * -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()
    loss = rec + kl
    backtrace.note_loss(loss, rec=rec, kl=kl)
    opt.zero_grad()
    loss.backward()
    opt.step()
