# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
made = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
judge = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
optimizer = torch.optim.RMSprop(made.parameters(), lr=5e-4)
for _ in range(8):
    real = torch.randn(32, 2) * 0.5 + 1
    loss = critic(made(torch.randn(32, 3)).detach()).mean() - critic(real).mean()
    judge.zero_grad()
    loss.backward()
    judge.step()
    with torch.no_grad():
        for weight in critic.parameters():
            weight.clamp_(-0.05, 0.05)
    fooled = -critic(made(torch.randn(32, 3))).mean()
    optimizer.zero_grad()
    fooled.backward()
    optimizer.step()
