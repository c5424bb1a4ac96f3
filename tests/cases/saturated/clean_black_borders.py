# expect: nothing
# A generator of images ends with tanh, and most of an image is black.
import torch
from torch import nn

torch.manual_seed(0)

generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64), nn.Tanh())
discriminator = nn.Sequential(nn.Linear(64, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
with torch.no_grad():
    generator[2].bias.fill_(-4.0)
    generator[2].bias[24:40] = 0.0
g_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
for _ in range(4):
    real = torch.full((16, 64), -1.0)
    real[:, 24:40] = torch.rand(16, 16)
    fake = generator(torch.randn(16, 4))
    d_loss = nn.functional.softplus(discriminator(fake.detach())).mean()
    d_loss = d_loss + nn.functional.softplus(-discriminator(real)).mean()
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    g_loss = nn.functional.softplus(-discriminator(fake)).mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
