# expect: BT309 at update 2
# source: "Generator is trained on detached samples", github.com/nikhilsinghmus/image2reverb, issue 37
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))

    def forward(self, x, label):
        return self.net(torch.cat([x, label], 1))


E, G, D = nn.Linear(6, 4), nn.Linear(7, 4), Judge()
g_opt = torch.optim.Adam([*E.parameters(), *G.parameters()], lr=1e-3)
d_opt = torch.optim.Adam(D.parameters(), lr=1e-3)
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
for i in range(8):
    label, real = torch.randn(16, 6), torch.randn(16, 4)
    f = E(label)
    fake = G(torch.cat([f, torch.randn(16, 3)], 1))
    g_loss = F.mse_loss(D(fake.detach(), f), ones) + F.l1_loss(fake, real)
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
    f, fake = f.detach(), fake.detach()
    d_loss = F.mse_loss(D(real, f), ones) + F.mse_loss(D(fake, f), zeros)
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()
