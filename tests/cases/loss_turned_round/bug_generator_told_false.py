# expect: BT461 at update 1
# source: github.com/NVIDIA/pix2pixHD, issue 233 (is the generator's loss one of what is fake?)
import torch
from torch import nn


class GanLoss(nn.Module):
    def forward(self, said, is_real):
        wanted = torch.full_like(said, 1.0 if is_real else 0.0)
        return nn.functional.mse_loss(said, wanted)


torch.manual_seed(0)
net_g = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
net_d = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
optimizer_g = torch.optim.Adam(net_g.parameters(), 1e-3)
optimizer_d = torch.optim.Adam(net_d.parameters(), 1e-3)
criterion_gan = GanLoss()
for step in range(30):
    real, fake = torch.randn(32, 2) + 2, net_g(torch.randn(32, 4))
    loss_d = criterion_gan(net_d(real), True) + criterion_gan(net_d(fake.detach()), False)
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()
    loss_g = criterion_gan(net_d(fake), False)
    optimizer_g.zero_grad()
    loss_g.backward()
    optimizer_g.step()
