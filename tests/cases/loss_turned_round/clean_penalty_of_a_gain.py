# expect: nothing
"""What is to be large, less its penalty: the step goes up, as a minus stands before it all."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
for step in range(20):
    real, fake = torch.randn(32, 2) + 2, G(torch.randn(32, 4)).detach()
    real.requires_grad_(True)
    said = D(real)
    slope = torch.autograd.grad(said.sum(), real, create_graph=True)[0]
    r1 = slope.pow(2).sum(1).mean()
    gain = said.mean() - D(fake).mean() - 5 * r1
    d_optimizer.zero_grad()
    (-gain).backward()
    d_optimizer.step()
    g_loss = -D(G(torch.randn(32, 4))).mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
