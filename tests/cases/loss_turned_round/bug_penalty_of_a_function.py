# expect: BT461 at update 1
# source: github.com/timsainb/tensorflow2-generative-models, issue 13 (the signs of three terms)
import torch
from torch import nn


def gradient_penalty(critic, real, fake):
    e = torch.rand(len(real), 1)
    between = (e * real + (1 - e) * fake).requires_grad_(True)
    said = critic(between)
    slope = torch.autograd.grad(said, between, torch.ones_like(said), create_graph=True)[0]
    return ((slope.norm(2, dim=1) - 1) ** 2).mean()


torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), 1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), 1e-3)
weight = 10.0
for step in range(20):
    real, fake = torch.randn(32, 2) + 2, G(torch.randn(32, 4)).detach()
    distance = D(real).mean() - D(fake).mean()
    loss_d = -(distance + weight * gradient_penalty(D, real, fake))
    d_optimizer.zero_grad()
    loss_d.backward()
    d_optimizer.step()
    g_loss = -D(G(torch.randn(32, 4))).mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
