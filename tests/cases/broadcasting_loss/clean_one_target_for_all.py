# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
G = torch.nn.Linear(3, 4)
D = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.LeakyReLU(), torch.nn.Linear(8, 1))
g_opt = torch.optim.Adam(G.parameters(), lr=1e-3)
d_opt = torch.optim.Adam(D.parameters(), lr=1e-3)
for _ in range(4):
    fake = G(torch.randn(12, 3))
    d_loss = F.mse_loss(D(torch.randn(12, 4)), torch.tensor(1.0).expand(12, 1)) + F.mse_loss(
        D(fake.detach()), torch.zeros(1)
    )
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()
    g_loss = F.mse_loss(D(fake), torch.ones(()))
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
