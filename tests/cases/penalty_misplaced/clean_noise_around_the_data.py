# expect: nothing
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
        return torch.sigmoid(self.score(self.body(x)))


generator = nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
critic = Critic()
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
c_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.5, 0.9))

bce = nn.BCELoss()


def gradient_penalty(critic, real):
    beta = torch.rand_like(real)
    near = real + 0.5 * real.std() * beta
    alpha = torch.rand(real.size())
    mixed = (alpha * real + (1 - alpha) * near).requires_grad_(True)
    slope = autograd.grad(critic(mixed).sum(), mixed, create_graph=True)[0]
    return ((slope.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


for step in range(60):
    real = pictures[torch.randint(0, 256, (32,))]
    fake = generator(torch.randn(32, 8)).detach()
    penalty = gradient_penalty(critic, real)
    loss = bce(critic(fake), torch.zeros(32, 1)) + bce(critic(real), torch.ones(32, 1))
    loss = loss + 10 * penalty
    c_optimizer.zero_grad()
    loss.backward()
    c_optimizer.step()
    if step % 2 == 1:
        g_optimizer.zero_grad()
        made = generator(torch.randn(32, 8))
        bce(critic(made), torch.ones(32, 1)).backward()
        g_optimizer.step()
