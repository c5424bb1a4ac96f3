# expect: nothing
# The noise, the data, the way from one to the other, and a teacher's answer: each may be told.
import torch
import torch.nn.functional as F
from torch import nn


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))

    def forward(self, x, t):
        return self.body(torch.cat([x, t], dim=1))


def of_data(x, t):
    noise = torch.randn_like(x)
    x_t = (1 - t) * x + t * noise
    return (net(x_t, t) - x).abs().mean()


def of_both(x, t):
    noise = torch.randn_like(x)
    x_t = (1 - t) * x + t * noise
    told = net(x_t, t)
    return F.mse_loss(told, x) + 0.1 * F.mse_loss(told, x_t)


def of_the_way(x, t):
    noise = torch.randn_like(x)
    x_t = (1 - t) * x + t * noise
    return F.mse_loss(net(x_t, t), noise - x)


def of_a_rest(x, t):
    noise = torch.randn_like(x)
    x_t = x + t * noise
    rest = net(x_t, t)
    return F.mse_loss(x_t - rest, x)


def of_a_teacher(x, t):
    noise = torch.randn_like(x)
    x_t = x + t * noise
    return F.mse_loss(net(x_t, t), teacher(x_t, t).detach())


torch.manual_seed(0)
net, teacher = Denoiser(), Denoiser()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(20):
    x, t = 0.3 * torch.randn(64, 2) + 1, torch.rand(64, 1)
    loss = of_data(x, t) + of_both(x, t) + of_the_way(x, t) + of_a_rest(x, t) + of_a_teacher(x, t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
