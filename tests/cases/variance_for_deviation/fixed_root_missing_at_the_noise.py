# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
timesteps = 50
b_t = torch.linspace(1e-3, 0.08, timesteps + 1)
a_t = 1 - b_t
ab_t = torch.cumsum(a_t.log(), dim=0).exp()
ab_t[0] = 1


def perturb_input(x, t, noise):
    return ab_t.sqrt()[t, None] * x + (1 - ab_t[t, None]).sqrt() * noise


def denoise(x, t, pred_noise, z):
    mean = (x - pred_noise * ((1 - a_t[t]) / (1 - ab_t[t]).sqrt())) / a_t[t].sqrt()
    return mean + b_t.sqrt()[t] * z


model = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(30):
    x = torch.randn(64, 2).sign() + 0.1 * torch.randn(64, 2)
    noise = torch.randn_like(x)
    t = torch.randint(1, timesteps + 1, (64,))
    x_pert = perturb_input(x, t, noise)
    pred_noise = model(torch.cat([x_pert, t[:, None] / timesteps], dim=1))
    loss = F.mse_loss(pred_noise, noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
