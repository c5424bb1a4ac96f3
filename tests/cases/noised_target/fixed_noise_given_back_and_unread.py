# expect: nothing
import torch
from torch import nn


class Noiser:
    def __init__(self, steps):
        self.kept = torch.cumprod(1 - torch.linspace(1e-3, 0.1, steps), 0)
        self.steps = steps

    def noise_images(self, x, t):
        eps = torch.randn_like(x)
        kept = self.kept[t].view(-1, 1)
        return torch.sqrt(kept) * x + torch.sqrt(1 - kept) * eps, eps


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))

    def forward(self, x, t):
        return self.body(torch.cat([x, t.view(-1, 1) / 50], dim=1))


torch.manual_seed(0)
noiser, model = Noiser(50), Denoiser()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for images in (0.3 * torch.randn(20, 64, 2) + 1).unbind():
    t = torch.randint(0, noiser.steps, (len(images),))
    x_t, noise = noiser.noise_images(images, t)
    predicted = model(x_t, t)
    loss = ((predicted - noise) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
