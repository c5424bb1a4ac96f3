# expect: nothing
import torch
from torch import autograd, nn

torch.manual_seed(0)
values = torch.rand(256, 1) * 2 - 1


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2))
        self.score = nn.Linear(32, 1)

    def forward(self, x):
        return self.score(self.body(x))


generator = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
critic = Critic()
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
c_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.5, 0.9))


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size())
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = critic(mixed)
    slope = autograd.grad(
        outputs=score,
        inputs=mixed,
        grad_outputs=torch.ones_like(score),
        create_graph=True,
        retain_graph=True,
    )[0]
    return ((slope.norm(2, dim=1) - 1) ** 2).mean()


for step in range(60):
    real = values[torch.randint(0, 256, (32,))]
    fake = generator(torch.randn(32, 8)).detach()
    penalty = gradient_penalty(critic, real, fake)
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
    c_optimizer.zero_grad()
    loss.backward()
    c_optimizer.step()
    if step % 5 == 4:
        g_optimizer.zero_grad()
        (-critic(generator(torch.randn(32, 8))).mean()).backward()
        g_optimizer.step()
