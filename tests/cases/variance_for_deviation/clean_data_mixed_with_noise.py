# expect: nothing
# Weights of data and noise that are right: of a diffusion, of a flow, and of noise in time.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
betas = torch.linspace(1e-3, 0.1, 40)
alpha_bar = torch.cumprod(1 - betas, dim=0)


def q_sample(x, t, noise):
    kept = alpha_bar.sqrt()[t][:, None]
    spread = (1 - alpha_bar)[t][:, None]
    spread = spread.sqrt()
    return kept * x + spread * noise


def by_its_deviation(x, sigma, noise):
    alpha = (1 - sigma**2) ** 0.5
    return alpha * x + sigma * noise


def flow(x, t, noise):
    return (1 - t) * x + t * noise


def correlated(noise, rho):
    return rho * noise + (1 - rho**2) ** 0.5 * torch.randn_like(noise)


def langevin(x, rate):
    return (1 - rate) * x + rate**0.5 * torch.randn_like(x)


model = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
noise = torch.randn(64, 2)
for _ in range(25):
    x = langevin(torch.randn(64, 2).sign(), 0.01)
    noise = correlated(noise, 0.5)
    t = torch.randint(0, 40, (64,))
    loss = F.mse_loss(model(torch.cat([q_sample(x, t, noise), t[:, None] / 40], 1)), noise)
    told = model(torch.cat([by_its_deviation(x, 0.6, noise), torch.zeros(64, 1)], 1))
    part = t[:, None] / 40
    velocity = model(torch.cat([flow(x, part, noise), part], 1))
    loss = loss + F.mse_loss(told, noise) + F.mse_loss(velocity, noise - x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
