# expect: BT461 at update 1
# source: github.com/NVIDIA/pix2pixHD, issue 233 (is the generator's loss one of what is fake?)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)


def judge_step(real):
    with torch.no_grad():
        fake = G(torch.randn(len(real), 4))
    said, of_fake = D(real), D(fake)
    loss_real = F.mse_loss(said, torch.full_like(said, 0.9))
    loss_fake = F.mse_loss(of_fake, torch.zeros_like(of_fake) + 0.1)
    d_optimizer.zero_grad()
    (0.5 * (loss_real + loss_fake)).backward()
    d_optimizer.step()


def generator_step(count):
    fake = G(torch.randn(count, 4))
    said = D(fake)
    loss = F.mse_loss(said, torch.zeros_like(said))
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()


for _ in range(30):
    judge_step(torch.randn(32, 2) + 2)
    generator_step(32)
