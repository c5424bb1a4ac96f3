# expect: nothing
"""Generated is the judge's 1 and real its 0, each network in a function, and labels are smoothed."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)


def judge_step(real, fake):
    on_real, on_fake = D(real), D(fake.detach())
    loss = F.binary_cross_entropy_with_logits(on_real, torch.zeros_like(on_real) + 0.1)
    loss = loss + F.binary_cross_entropy_with_logits(on_fake, torch.ones_like(on_fake) * 0.9)
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()


def generator_step(fake):
    said = D(fake)
    loss = F.binary_cross_entropy_with_logits(said, torch.zeros_like(said))
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()


for _ in range(30):
    made = G(torch.randn(32, 4))
    judge_step(torch.randn(32, 2) + 2, made)
    generator_step(made)
