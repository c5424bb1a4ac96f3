"""Recordings are cleaned: a network of convolutions learns the noise that is to be taken away."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, 16, 7, padding=3),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Conv1d(16, 16, 7, padding=3),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Conv1d(16, 1, 7, padding=3),
        )

    def forward(self, noisy):
        return noisy - self.body(noisy)


torch.manual_seed(0)
time = torch.linspace(0, 1, 48)
pitch, phase = 1 + 3 * torch.rand(256, 1, 1), 2 * math.pi * torch.rand(256, 1, 1)
clean = torch.sin(2 * math.pi * pitch * time + phase)
noisy = clean + 0.5 * torch.randn_like(clean)
loader = DataLoader(TensorDataset(noisy, clean), batch_size=32, shuffle=True, drop_last=True)
model = Denoiser()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
model.train()
for epoch in range(5):
    for batch in loader:
        heard, meant = batch
        if torch.rand(()) < 0.5:
            heard, meant = heard.flip(-1), meant.flip(-1)
        loss = F.mse_loss(model(heard), meant)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
