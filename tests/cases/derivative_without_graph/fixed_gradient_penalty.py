# expect: nothing
# source: github.com/ooples/AiDotNet, issue 1844
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.9))


def penalty(real, fake):
    alpha = torch.rand(len(real), 1)
    between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = critic(between)
    ones = torch.ones_like(score)
    slope = torch.autograd.grad(score, between, grad_outputs=ones, create_graph=True)[0]
    return (slope.norm(2, dim=1) - 1).square().mean()


for _ in range(8):
    real, fake = torch.randn(32, 2) + 2, torch.randn(32, 2)
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(real, fake)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
