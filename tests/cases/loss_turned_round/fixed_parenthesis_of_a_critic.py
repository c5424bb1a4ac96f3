# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
critic = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer_g = torch.optim.RMSprop(generator.parameters(), lr=1e-3)
optimizer_c = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for number in range(20):
    real = 1 + 0.3 * torch.randn(32, 2)
    fake = generator(torch.randn(32, 4)).detach()
    loss = -torch.mean(critic(real)) + torch.mean(critic(fake))
    optimizer_c.zero_grad()
    loss.backward()
    optimizer_c.step()
    for weight in critic.parameters():
        weight.data.clamp_(-0.1, 0.1)
    if number % 5 == 0:
        optimizer_g.zero_grad()
        (-critic(generator(torch.randn(32, 4))).mean()).backward()
        optimizer_g.step()
