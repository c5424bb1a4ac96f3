# expect: nothing
# source: github.com/ptran1203/pytorch-animeGAN, issue 17 (ones or zeros for the generator's loss?)
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1), nn.Sigmoid())
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
criterion = nn.BCELoss()
real_label = torch.full((32,), 1.0)
fake_label = torch.full((32,), 0.0)
for step in range(30):
    real = torch.randn(32, 2) + 2
    D.zero_grad()
    criterion(D(real).view(-1), real_label).backward()
    fake = G(torch.randn(32, 4))
    criterion(D(fake.detach()).view(-1), fake_label).backward()
    d_optimizer.step()
    G.zero_grad()
    criterion(D(fake).view(-1), real_label).backward()
    g_optimizer.step()
