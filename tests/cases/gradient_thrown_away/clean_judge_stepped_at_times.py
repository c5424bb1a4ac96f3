# expect: nothing
"""All is cleared at once, and the judge's step is left out while it is much the better one."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizerG = torch.optim.Adam(G.parameters(), lr=1e-3)
optimizerD = torch.optim.Adam(D.parameters(), lr=1e-3)
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
criterion = nn.BCEWithLogitsLoss()
for update in range(12):
    optimizerD.zero_grad()
    optimizerG.zero_grad()
    fake = G(torch.randn(16, 4))
    lossD = criterion(D(torch.randn(16, 2) + 2), ones) + criterion(D(fake.detach()), zeros)
    lossD.backward()
    if update % 4 == 0:
        optimizerD.step()
    lossG = criterion(D(fake), ones)
    lossG.backward()
    optimizerG.step()
