# expect: nothing
# The sub-VP equation: 1 - alpha_bar is the deviation, and the score is divided by it.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def marginal(x, t, noise):
    alpha_bar = torch.exp(-0.1 * t - 5 * t**2)[:, None]
    std = 1 - alpha_bar
    return alpha_bar.sqrt() * x + std * noise, std


for _ in range(25):
    x = torch.randn(64, 2).sign()
    t = 0.05 + 0.95 * torch.rand(64)
    alpha_bar = torch.exp(-0.1 * t - 5 * t**2)[:, None]
    noise = torch.randn_like(x)
    x_t, std = marginal(x, t, noise)
    score = net(torch.cat([x_t, t[:, None]], dim=1)) / (1 - alpha_bar)
    loss = (std**2 * (score + noise / std) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
