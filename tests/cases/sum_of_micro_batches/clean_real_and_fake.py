# expect: nothing
# The discriminator's two losses come from one line, and are a sum on purpose.
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
D = nn.Sequential(nn.Linear(2, 12), nn.LeakyReLU(0.2), nn.Linear(12, 1))
g_opt = torch.optim.Adam(G.parameters(), lr=1e-3)
d_opt = torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()

for real in torch.randn(4, 10, 2) + 2:
    fake = G(torch.randn(10, 3))
    d_opt.zero_grad()
    for images, label in ((real, 1.0), (fake.detach(), 0.0)):
        logits = D(images)
        bce(logits, torch.full_like(logits, label)).backward()
    d_opt.step()
    g_opt.zero_grad()
    bce(D(fake), torch.ones(10, 1)).backward()
    g_opt.step()
