# expect: nothing
"""A critic whose distance is as large as the data, which are in thousands."""

import torch
from torch import nn

torch.manual_seed(0)
critic = nn.utils.spectral_norm(nn.Linear(4, 1, bias=False))
optimizer = torch.optim.Adam(critic.parameters(), lr=0.05)
for _ in range(60):
    real, fake = 5000 + torch.randn(32, 4), torch.randn(32, 4)
    loss = critic(fake).mean() - critic(real).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
