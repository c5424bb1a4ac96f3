# expect: nothing
# What went in has the density: the log-determinant is taken away from it.
import torch
from torch import nn

torch.manual_seed(0)


class Coupling(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.scale = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2), nn.Tanh())
        self.shift = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, z):
        kept = z * self.mask
        s = self.scale(kept) * (1 - self.mask)
        t = self.shift(kept) * (1 - self.mask)
        return kept + (1 - self.mask) * (z * torch.exp(s) + t), s.sum(dim=1)


def log_energy(x):
    return -((x[:, 0] - 1) ** 2 + 0.5 * x[:, 1] ** 2)


base = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
masks = [torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])] * 2
layers = nn.ModuleList(Coupling(mask) for mask in masks)
optimizer = torch.optim.Adam(layers.parameters(), lr=2e-3)
for step in range(60):
    x = base.sample((128,))
    log_q = base.log_prob(x)
    for layer in layers:
        x, log_det = layer(x)
        log_q = log_q - log_det
    loss = (log_q - log_energy(x)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
