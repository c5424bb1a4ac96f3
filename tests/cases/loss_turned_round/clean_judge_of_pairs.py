# expect: nothing
"""A judge of pairs, which is told apart what is drawn for a picture and what belongs to it."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(30):
    a = torch.randn(32, 2)
    b = a * 2 + 1
    fake = G(a)
    pair = torch.cat((a, fake), 1)
    on_fake = bce(D(pair.detach()), torch.zeros(32, 1))
    on_real = bce(D(torch.cat((a, b), 1)), torch.ones(32, 1))
    d_optimizer.zero_grad()
    ((on_real + on_fake) / 2).backward()
    d_optimizer.step()
    g_loss = bce(D(torch.cat((a, fake), 1)), torch.ones(32, 1)) + (fake - b).abs().mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
