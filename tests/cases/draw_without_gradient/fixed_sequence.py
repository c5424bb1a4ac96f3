# expect: nothing
"""A recurrent decoder is given one draw for all times of a sequence."""

import torch
import torch.distributions as D
from torch import nn

torch.manual_seed(2)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 16, batch_first=True)
        self.out = nn.Linear(16, 8)

    def forward(self, x):
        _, h = self.rnn(x)
        mu, ls = torch.split(self.out(h[-1]), 4, dim=-1)
        return D.Laplace(mu, nn.functional.softplus(ls))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 16, batch_first=True)
        self.out = nn.Linear(16, 3)

    def forward(self, z, n):
        h, _ = self.rnn(z[:, None].expand(-1, n, -1))
        return self.out(h)


enc, dec = Encoder(), Decoder()
opt = torch.optim.AdamW(list(enc.parameters()) + list(dec.parameters()), 1e-3)
for _ in range(6):
    x = torch.randn(10, 7, 3).cumsum(1)
    q = enc(x)
    z = q.rsample()
    loss = (
        nn.functional.mse_loss(dec(z, 7), x)
        + 0.01 * D.kl_divergence(q, D.Laplace(torch.zeros(4), torch.ones(4))).sum(-1).mean()
    )
    opt.zero_grad()
    loss.backward()
    opt.step()
