# expect: nothing
# source: https://github.com/Zeleni9/pytorch-wgan/issues/40
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(
    nn.Conv2d(1, 4, 3, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(4 * 16, 1)
)
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.9))


def penalty(real, fake):
    alpha = torch.rand(len(real), 1, 1, 1)
    between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = critic(between)
    ones = torch.ones_like(score)
    slope = torch.autograd.grad(score, between, grad_outputs=ones, create_graph=True)[0]
    return ((slope.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


for _ in range(6):
    real, fake = torch.randn(16, 1, 8, 8) + 1, torch.randn(16, 1, 8, 8)
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(real, fake)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
