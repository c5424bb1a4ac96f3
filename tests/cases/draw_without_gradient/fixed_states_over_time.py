# expect: nothing
"""A latent state is drawn at each time, and handed on to a cell and a decoder."""

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(1)


class RSSM(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3 + 1, 8)
        self.prior = nn.Linear(8, 6)
        self.post = nn.Linear(8 + 5, 6)
        self.dec = nn.Linear(8 + 3, 5)

    def dist(self, out):
        m, s = out.chunk(2, -1)
        return Normal(m, nn.functional.softplus(s) + 0.1)

    def forward(self, obs, act):
        h, z = torch.zeros(obs.shape[0], 8), torch.zeros(obs.shape[0], 3)
        loss = 0.0
        for t in range(obs.shape[1]):
            h = self.cell(torch.cat([z, act[:, t]], -1), h)
            prior = self.dist(self.prior(h))
            post = self.dist(self.post(torch.cat([h, obs[:, t]], -1)))
            z = post.rsample()
            rec = (self.dec(torch.cat([h, z], -1)) - obs[:, t]).pow(2).sum(-1)
            loss = loss + (rec + kl_divergence(post, prior).sum(-1)).mean()
        return loss


net = RSSM()
opt = torch.optim.Adam(net.parameters(), 1e-3)
for _ in range(6):
    loss = net(torch.randn(8, 5, 5), torch.randn(8, 5, 1))
    opt.zero_grad()
    loss.backward()
    opt.step()
