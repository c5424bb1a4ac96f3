# expect: BT205 at update 2
# source: GAN tutorials that freeze D for G's step; forum: "discriminator stopped learning"
# also: BT104, BT111, BT301
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()


def toggle(net, on):
    for p in net.parameters():
        p.requires_grad = on


for it in range(4):
    real = torch.randn(8, 2) + 2
    fake = G(torch.randn(8, 4))
    d_loss = bce(D(real), torch.ones(8, 1)) + bce(D(fake.detach()), torch.zeros(8, 1))
    opt_d.zero_grad()
    if d_loss.requires_grad:
        d_loss.backward()
    opt_d.step()

    toggle(D, False)
    g_loss = bce(D(fake), torch.ones(8, 1))
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
