# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
weights = list(critic.parameters())
opt = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for step in range(20):
    real, fake = torch.randn(32, 2) + 2, torch.randn(32, 2)
    loss = critic(fake).mean() - critic(real).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for weight in weights:
            weight.clamp_(-0.1, 0.1)
