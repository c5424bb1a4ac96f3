# expect: nothing
import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR

torch.manual_seed(0)
generator, critic = nn.Linear(2, 2), nn.Linear(2, 1)
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-2)
d_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
g_schedule = StepLR(g_optimizer, step_size=2)
d_schedule = StepLR(d_optimizer, step_size=2)
for epoch in range(4):
    for _ in range(2):
        real, fake = torch.randn(16, 2) + 2, generator(torch.randn(16, 2))
        d_optimizer.zero_grad()
        (critic(fake.detach()).mean() - critic(real).mean()).backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        (-critic(fake).mean()).backward()
        g_optimizer.step()
    g_schedule.step()
    d_schedule.step()
