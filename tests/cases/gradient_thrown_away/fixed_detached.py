# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
optimizerG = torch.optim.Adam(G.parameters(), lr=1e-3)
optimizerD = torch.optim.Adam(D.parameters(), lr=1e-3)
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
for _ in range(6):
    real = torch.randn(16, 2) + 2
    fake = G(torch.randn(16, 4))
    optimizerD.zero_grad()
    lossD = F.mse_loss(D(real), ones) + F.mse_loss(D(fake.detach()), zeros)
    lossD.backward()
    optimizerD.step()
    optimizerG.zero_grad()
    lossG = F.mse_loss(D(fake), ones) + 0.1 * F.l1_loss(fake, real)
    lossG.backward()
    optimizerG.step()
