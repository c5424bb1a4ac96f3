# expect: nothing
# Scores held near 0, a relativistic generator, and a share of 1: both sides are alike in form alone.
import torch
import torch.nn.functional as F
from torch import nn


def drift(real, fake):
    return 1e-3 * ((real**2).mean() + (fake**2).mean())


def squares(real, fake):
    return ((real - 1) ** 2).mean() + (fake**2).mean()


def logarithms(real, fake):
    of_real, of_fake = torch.sigmoid(real), 1 - torch.sigmoid(fake)
    return -(torch.log(of_real + 1e-8) + torch.log(of_fake + 1e-8)).mean()


def relativistic(real, fake):
    ones = torch.ones_like(real)
    by_real = F.binary_cross_entropy_with_logits(real - fake.mean(), 1 - ones)
    by_fake = F.binary_cross_entropy_with_logits(fake - real.mean(), ones)
    return by_real + by_fake


torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
of_maker = torch.optim.Adam(maker.parameters(), 1e-3)
of_judge = torch.optim.Adam(judge.parameters(), 1e-3)
for step in range(30):
    x, made = torch.randn(32, 2) + 2, maker(torch.randn(32, 4))
    real, fake = judge(x), judge(made.detach())
    of_judge.zero_grad()
    (squares(real, fake) + logarithms(real, fake) + drift(real, fake)).backward()
    of_judge.step()
    of_maker.zero_grad()
    relativistic(judge(x).detach(), judge(made)).backward()
    of_maker.step()
