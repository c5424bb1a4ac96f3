"""Two models, two optimizers; the generator's backward fills the discriminator's gradients."""

import hashlib

import torch
from torch import nn

torch.manual_seed(2)
generator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
discriminator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=0.001)
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=0.001)
criterion = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(8, 1), torch.zeros(8, 1)
for _ in range(4):
    real = torch.randn(8, 2) + 3
    fake = generator(torch.randn(8, 2))
    d_optimizer.zero_grad()
    d_loss = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    g_loss = criterion(discriminator(fake), ones)
    g_loss.backward()
    g_optimizer.step()
    print(d_loss.item(), g_loss.item())
model = nn.ModuleList([generator, discriminator])

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())
