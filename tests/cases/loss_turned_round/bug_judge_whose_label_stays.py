# expect: BT461 at update 1
# source: github.com/fchollet/deep-learning-with-python-notebooks, issue 9 (what label is fake?)
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
real_label, fake_label = 0.9, 0.0
for step in range(30):
    D.zero_grad()
    real = torch.randn(32, 2) + 2
    label = torch.full((32,), real_label)
    output = D(real).view(-1)
    bce(output, label).backward()
    fake = G(torch.randn(32, 4))
    output = D(fake.detach()).view(-1)
    bce(output, label).backward()
    d_optimizer.step()
    G.zero_grad()
    label.fill_(real_label)
    output = D(fake).view(-1)
    bce(output, label).backward()
    g_optimizer.step()
