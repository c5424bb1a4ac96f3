# expect: nothing
"""A GAN in mixed precision: the generator's loss fills the discriminator's gradients too."""

import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 4))
critic = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
g_opt = torch.optim.Adam(generator.parameters(), lr=2e-4)
d_opt = torch.optim.Adam(critic.parameters(), lr=2e-4)
scaler = torch.amp.GradScaler("cpu", init_scale=128.0)
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(16, 1), torch.zeros(16, 1)
for real in torch.randn(4, 16, 4) + 2:
    fake = generator(torch.randn(16, 2))
    d_opt.zero_grad()
    loss = bce(critic(real), one) + bce(critic(fake.detach()), zero)
    scaler.scale(loss).backward()
    scaler.step(d_opt)
    g_opt.zero_grad()
    scaler.scale(bce(critic(fake), one)).backward()
    scaler.step(g_opt)
    scaler.update()
