# expect: nothing
"""What the judge would learn of new samples is measured in the generator's turn, at each third."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizerG = torch.optim.Adam(G.parameters(), lr=1e-3)
optimizerD = torch.optim.Adam(D.parameters(), lr=1e-3)
for update in range(9):
    fake = G(torch.randn(16, 4))
    D.zero_grad()
    lossD = D(fake.detach()).mean() - D(torch.randn(16, 2) + 2).mean()
    lossD.backward()
    optimizerD.step()
    if update % 3 == 0:
        D.zero_grad()
        (D(torch.randn(16, 2) + 2).mean() ** 2).backward()
        size = torch.nn.utils.get_total_norm([p.grad for p in D.parameters()])
        D.zero_grad()
    G.zero_grad()
    lossG = -D(fake).mean()
    lossG.backward()
    optimizerG.step()
