# expect: nothing
# The fakes keep their graph in the loss of D; what that leaves in G is cleared before its own.
import torch
from torch import nn

torch.manual_seed(3)
G = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
D = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
go = torch.optim.Adam(G.parameters(), lr=1e-3)
do = torch.optim.Adam(D.parameters(), lr=1e-3)
for real in torch.randn(8, 32, 2) + 2:
    do.zero_grad()
    fake = G(torch.randn(32, 4))
    d_loss = torch.relu(1 - D(real)).mean() + torch.relu(1 + D(fake)).mean()
    d_loss.backward()
    do.step()
    go.zero_grad()
    g_loss = -D(G(torch.randn(32, 4))).mean()
    g_loss.backward()
    go.step()
