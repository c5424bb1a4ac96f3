# expect: BT461 at update 1
# source: https://github.com/SerezD/vqvae-vqgan-pytorch-lightning/issues/3
import torch
from torch import nn


class Adversary(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.body(x).squeeze(1)


torch.manual_seed(0)
decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
adversary = Adversary()
opt_ae = torch.optim.Adam(decoder.parameters(), 1e-3)
opt_disc = torch.optim.Adam(adversary.parameters(), 1e-3)
relu = nn.ReLU()
for step in range(30):
    x = torch.randn(32, 2) + 2
    fake = decoder(torch.randn(32, 4))
    score_real, score_fake = adversary(x), adversary(fake.detach())
    loss_d_real = relu(1.0 - score_real).mean()
    loss_d_fake = relu(1.0 - score_fake).mean()
    loss_d = (loss_d_real + loss_d_fake) / 2
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = -adversary(fake).mean()
    opt_ae.zero_grad()
    loss_g.backward()
    opt_ae.step()
