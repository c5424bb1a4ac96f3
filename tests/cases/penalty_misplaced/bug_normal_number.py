# expect: BT567 at update 1
# source: github.com/keras-team/keras-io, issue 624: alpha is drawn by a normal distribution
import torch
from torch import autograd, nn

torch.manual_seed(0)
pictures = torch.rand(256, 1, 8, 8) * 2 - 1


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.LeakyReLU(0.2))
        self.score = nn.Linear(32, 1)

    def forward(self, x):
        return self.score(self.body(x))


generator = nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
critic = Critic()
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
c_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.5, 0.9))


def slope_of(critic, real, fake, epsilon):
    mixed = fake + epsilon * (real - fake)
    mixed.requires_grad_(True)
    return autograd.grad(critic(mixed).sum(), mixed, create_graph=True)[0]


for step in range(60):
    real = pictures[torch.randint(0, 256, (32,))]
    fake = generator(torch.randn(32, 8)).detach()
    epsilon = torch.randn(len(real), 1, 1, 1)
    slope = slope_of(critic, real, fake, epsilon)
    penalty = (slope.view(32, -1).norm(2, dim=1) - 1).square().mean()
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
    c_optimizer.zero_grad()
    loss.backward()
    c_optimizer.step()
    if step % 5 == 4:
        g_optimizer.zero_grad()
        (-critic(generator(torch.randn(32, 8))).mean()).backward()
        g_optimizer.step()
