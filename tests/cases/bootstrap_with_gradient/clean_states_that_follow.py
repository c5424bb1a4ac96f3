# expect: nothing
# Codes of a sequence are to follow one another by a known rule: both ends are trained.
import torch
from torch import nn

torch.manual_seed(5)
encoder = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
decoder = nn.Linear(3, 6)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
drift = torch.tensor([0.1, 0.0, -0.1])
for _ in range(6):
    frames = torch.randn(8, 32, 6).cumsum(0)
    codes = torch.stack([encoder(frame) for frame in frames])
    prior = (codes[1:] - (drift + 0.9 * codes[:-1])).pow(2).mean()
    loss = nn.functional.mse_loss(decoder(codes), frames) + 0.1 * prior
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
