"""Many tides are followed in pieces: the state goes on, and the next height is foretold."""

import math

import torch
import torch.nn.functional as F
from torch import nn

PIECE = 12


class Follower(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 24, num_layers=2, batch_first=True)
        self.head = nn.Linear(24, 1)

    def forward(self, heights, state=None):
        states, state = self.lstm(heights, state)
        return heights + self.head(states), state


torch.manual_seed(0)
time = torch.arange(20 * PIECE + 1) / 8
speed, phase = 0.8 + 0.4 * torch.rand(24, 1), 2 * math.pi * torch.rand(24, 1)
tides = torch.sin(2 * math.pi * speed * time / 2 + phase)[:, :, None]
tides = tides + 0.02 * torch.randn_like(tides)
model = Follower()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    state = None
    for start in range(0, tides.shape[1] - 1, PIECE):
        piece = tides[:, start : start + PIECE + 1]
        foretold, state = model(piece[:, :-1], state)
        state = tuple(each.detach() for each in state)
        loss = F.mse_loss(foretold, piece[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] *= 0.7
