# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
optG = torch.optim.Adam(G.parameters(), lr=2e-4)
optD = torch.optim.Adam(D.parameters(), lr=2e-4)
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(16, 1), torch.zeros(16, 1)

for i in range(5):
    real = torch.randn(16, 2) + 3
    optD.zero_grad()
    errD_real = bce(D(real), one)
    errD_real.backward()
    fake = G(torch.randn(16, 4))
    errD_fake = bce(D(fake.detach()), zero)
    errD_fake.backward()
    optD.step()
    optG.zero_grad()
    errG = bce(D(fake), one)
    errG.backward()
    optG.step()
    print(errD_real.item() + errD_fake.item(), errG.item())
