# expect: BT434 at update 1
# source: github.com/acids-ircam/diffusion_models, issue 1
import torch
from torch import nn


class Diffusion(nn.Module):
    def __init__(self, steps=20):
        super().__init__()
        self.register_buffer("betas", torch.linspace(1e-2, 0.2, steps))
        self.register_buffer("sqrt_keep", torch.sqrt(1.0 - self.betas))
        self.steps = steps
        self.net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))

    def forward_process(self, x, t):
        kept = self.sqrt_keep[t] * x
        return kept + self.betas[t] * torch.randn_like(x)

    def forward(self, x_0, t):
        x = x_0
        for each in range(t):
            x = self.forward_process(x, each)
        noised = self.forward_process(x, t)
        told = self.net(torch.cat([noised, torch.full((len(x), 1), t / self.steps)], dim=1))
        return ((told - x) ** 2).mean()


def main():
    torch.manual_seed(3)
    diffusion = Diffusion()
    optimizer = torch.optim.Adam(diffusion.parameters(), lr=1e-3)
    for _ in range(25):
        x = torch.randn(32, 2).sign() + 0.1 * torch.randn(32, 2)
        loss = diffusion(x, int(torch.randint(0, 20, ())))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


main()
