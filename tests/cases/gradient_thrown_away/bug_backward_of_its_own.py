# expect: BT309 at update 1
# source: github.com/tamarott/SinGAN, pull request 117: the generator's turn judges fake.detach()
"""The adversarial loss has a backward of its own, and is taken of what was cut off."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizerG = torch.optim.Adam(G.parameters(), lr=1e-3)
optimizerD = torch.optim.Adam(D.parameters(), lr=1e-3)
anchor, wanted = torch.randn(16, 4), torch.randn(16, 2) + 2
for _ in range(6):
    fake = G(torch.randn(16, 4))
    D.zero_grad()
    lossD = D(fake.detach()).mean() - D(torch.randn(16, 2) + 2).mean()
    lossD.backward()
    optimizerD.step()
    G.zero_grad()
    lossG = -D(fake.detach()).mean()
    lossG.backward()
    rebuilt = nn.functional.mse_loss(G(anchor), wanted)
    rebuilt.backward()
    optimizerG.step()
