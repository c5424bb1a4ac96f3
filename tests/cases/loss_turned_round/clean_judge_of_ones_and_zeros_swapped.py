# expect: nothing
"""What is made is the judge's 1, and the generator aims at the 0 of what is real."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(30):
    real, fake = torch.randn(32, 2) + 2, G(torch.randn(32, 4))
    on_real = bce(D(real), torch.full((32, 1), 0.0))
    on_fake = bce(D(fake.detach()), torch.full((32, 1), 1.0))
    d_optimizer.zero_grad()
    (on_real + on_fake).backward()
    d_optimizer.step()
    g_loss = bce(D(fake), torch.full((32, 1), 0.0))
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
