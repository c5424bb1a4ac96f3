# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
latent = 6
generator = nn.Sequential(nn.Linear(latent, 16), nn.ReLU(), nn.Linear(16, 3))
discriminator = nn.Sequential(nn.Linear(3, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer_G = torch.optim.Adam(generator.parameters(), lr=1e-3)
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=1e-3)
adversarial_loss = nn.BCEWithLogitsLoss()
dataset = TensorDataset(torch.randn(48, 3) * 0.3 + 1)

for (real,) in DataLoader(dataset, batch_size=12, shuffle=True):
    valid, fake = torch.ones(len(real), 1), torch.zeros(len(real), 1)
    images = generator(torch.randn(len(real), latent))

    optimizer_D.zero_grad()
    d_loss = adversarial_loss(discriminator(real), valid) + adversarial_loss(
        discriminator(images.detach()), fake
    )
    d_loss.backward()
    optimizer_D.step()

    optimizer_G.zero_grad()
    g_loss = adversarial_loss(discriminator(images), valid)
    g_loss.backward()
    optimizer_G.step()
