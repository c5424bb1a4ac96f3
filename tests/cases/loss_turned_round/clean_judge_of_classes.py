# expect: nothing
# A judge that tells the class of what is real, and none of what is made: its targets begin as zeros.
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 3), nn.Sigmoid())
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
criterion = nn.BCELoss()
for step in range(30):
    classes = torch.randint(3, (32,))
    real_img = torch.randn(32, 2) + 2 * classes[:, None]
    marked = torch.zeros(32, 3)
    marked[torch.arange(32), classes] = 1
    real_label = marked
    fake_label = torch.zeros(32, 3)
    d_loss_real = criterion(D(real_img), real_label)
    fake_img = G(torch.cat([torch.randn(32, 4), real_label], 1))
    d_loss_fake = criterion(D(fake_img.detach()), fake_label)
    d_loss = d_loss_real + d_loss_fake
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    fake_img = G(torch.cat([torch.randn(32, 4), real_label], 1))
    g_loss = criterion(D(fake_img), real_label)
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
