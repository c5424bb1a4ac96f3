"""Points of a ring are drowned in noise step by step; a network learns which noise it was."""

import math

import torch
import torch.nn.functional as F
from torch import nn

STEPS = 50


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(STEPS, 16)
        self.body = nn.Sequential(
            nn.Linear(2 + 16, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2)
        )

    def forward(self, points, time):
        return self.body(torch.cat([points, self.time(time)], 1))


torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(1024)
points = 1.4 * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(1024, 2)
kept = torch.cumprod(1 - torch.linspace(1e-3, 0.15, STEPS), 0)
model = Network()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(8):
    for rows in torch.randperm(1024).split(128):
        clean = points[rows]
        time = torch.randint(0, STEPS, (len(rows),))
        share = kept[time][:, None]
        noise = torch.randn_like(clean)
        noisy = share.sqrt() * clean + (1 - share).sqrt() * noise
        loss = F.mse_loss(model(noisy, time), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
