# expect: nothing
"""Steps of half days, of which days are made: as many pieces, changed round, each in its place."""

import torch
from torch import nn

torch.manual_seed(0)
read, in_half, in_day = nn.Linear(3, 8), nn.Linear(8, 8), nn.Linear(8, 1)
optimizer = torch.optim.Adam(
    [*read.parameters(), *in_half.parameters(), *in_day.parameters()], lr=1e-2
)
for _ in range(4):
    series = torch.randn(8, 72, 3)
    halves = torch.relu(read(series)).view(8, 12, 6, 8)  # 12 half days of 6 steps
    halves = torch.tanh(in_half(halves)) * halves
    days = halves.view(8, 6, 12, 8)  # 6 days of 12 steps
    optimizer.zero_grad()
    wanted = series[..., 0].view(8, 6, 12).amax(2)
    nn.functional.mse_loss(in_day(days.mean(2)).squeeze(2), wanted).backward()
    optimizer.step()
