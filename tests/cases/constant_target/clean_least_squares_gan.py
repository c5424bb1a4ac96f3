# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
G, D = (
    torch.nn.Linear(4, 3),
    torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)),
)
og = torch.optim.Adam(G.parameters(), lr=1e-3)
od = torch.optim.Adam(D.parameters(), lr=1e-3)


def loss(scores, value):
    return F.mse_loss(scores, torch.full_like(scores, value))


for _ in range(4):
    fake = G(torch.randn(12, 4))
    od.zero_grad()
    (loss(D(torch.randn(12, 3) + 2), 0.9) + loss(D(fake.detach()), 0.0)).backward()
    od.step()
    og.zero_grad()
    loss(D(fake), 1.0).backward()
    og.step()
