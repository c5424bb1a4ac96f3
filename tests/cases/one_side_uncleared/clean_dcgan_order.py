# expect: nothing
# As in the DCGAN tutorial: lossG fills netD's gradients, and netD is cleared before its own turn.
import torch
from torch import nn

torch.manual_seed(0)
netG = nn.Sequential(nn.Linear(3, 10), nn.ReLU(), nn.Linear(10, 2))
netD = nn.Sequential(nn.Linear(2, 10), nn.LeakyReLU(0.2), nn.Linear(10, 1), nn.Sigmoid())
optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCELoss()

for step in range(4):
    netD.zero_grad()
    real = torch.randn(12, 2) + 1
    errD_real = criterion(netD(real).view(-1), torch.ones(12))
    errD_real.backward()
    fake = netG(torch.randn(12, 3))
    errD_fake = criterion(netD(fake.detach()).view(-1), torch.zeros(12))
    errD_fake.backward()
    optimizerD.step()

    netG.zero_grad()
    errG = criterion(netD(fake).view(-1), torch.ones(12))
    errG.backward()
    optimizerG.step()
