# expect: nothing
# The generator's loss rises as the discriminator learns.
import torch
from torch import nn

torch.manual_seed(0)

generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-4)
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=3e-2)
criterion = nn.BCEWithLogitsLoss()
for _ in range(8):
    real = torch.randn(32, 2) + 5
    fake = generator(torch.randn(32, 4))
    d_optimizer.zero_grad()
    d_loss = criterion(discriminator(real), torch.ones(32, 1))
    d_loss = d_loss + criterion(discriminator(fake.detach()), torch.zeros(32, 1))
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    criterion(discriminator(fake), torch.ones(32, 1)).backward()
    g_optimizer.step()
