"""Noise is predicted from what it has been mixed into and how much of it; weights are averaged."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

STEPS = 50


class Predictor(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(STEPS, 32)
        self.entry = nn.Linear(2, 32)
        self.middle = nn.Linear(32, 32)
        self.head = nn.Linear(32, 2)

    def forward(self, x, time):
        x = F.silu(self.entry(x) + self.time(time))
        x = F.silu(self.middle(x))
        return self.head(x)


torch.manual_seed(0)
angle = 6.2832 * torch.rand(512)
data = torch.stack([angle.cos(), angle.sin()], 1) * 2**0.5 + 0.05 * torch.randn(512, 2)
kept_share = (1 - torch.linspace(1e-3, 0.2, STEPS)).cumprod(0)
model = Predictor()
average = copy.deepcopy(model)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(15):
    for clean in data[torch.randperm(512)].split(64):
        time = torch.randint(0, STEPS, (len(clean),))
        noise = torch.randn_like(clean)
        share = kept_share[time][:, None]
        noisy = share.sqrt() * clean + (1 - share).sqrt() * noise
        loss = F.mse_loss(model(noisy, time), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for kept, now in zip(average.parameters(), model.parameters()):
                kept.mul_(0.95).add_(now, alpha=0.05)
