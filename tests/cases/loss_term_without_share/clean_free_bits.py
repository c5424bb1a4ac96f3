# expect: nothing
import torch
import torch.nn.functional as F

import backtrace

torch.manual_seed(0)
enc, dec = torch.nn.Linear(6, 4), torch.nn.Linear(2, 6)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], lr=1e-3)
for _ in range(4):
    x = torch.rand(16, 6)
    mu, logvar = enc(x).chunk(2, dim=1)
    rec = F.mse_loss(dec(mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)), x)
    kl = (-0.5 * (1 + logvar - mu**2 - logvar.exp()).mean(0)).clamp(min=2.0).sum()
    loss = rec + kl
    backtrace.note_loss(loss, rec=rec, kl=kl)
    opt.zero_grad()
    loss.backward()
    opt.step()
