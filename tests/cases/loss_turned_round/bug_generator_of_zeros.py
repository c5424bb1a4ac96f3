# expect: BT461 at update 1
# source: stackoverflow.com, "GAN generator loss goes to zero" (the labels of the generator's step)
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(30):
    real, fake = torch.randn(32, 2) + 2, G(torch.randn(32, 4))
    on_real = bce(D(real), torch.ones(32, 1))
    on_fake = bce(D(fake.detach()), torch.zeros(32, 1))
    d_optimizer.zero_grad()
    (on_real + on_fake).backward()
    d_optimizer.step()
    g_loss = bce(D(fake), torch.zeros(32, 1))
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
