# expect: BT327 at update 1
# source: https://github.com/Lightning-Universe/lightning-bolts/issues/328
# The weight of the gradient penalty stands at the top of the file, and nowhere else.
import torch
from torch import nn

torch.manual_seed(0)
LAMBDA_GP = 10
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)


def penalty_of(real, fake):
    share = torch.rand(len(real), 1)
    between = (share * real + (1 - share) * fake).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean()


for _ in range(8):
    real, fake = torch.randn(32, 4) + 1, torch.randn(32, 4)
    gp = penalty_of(real, fake)
    d_loss = critic(fake).mean() - critic(real).mean() + gp
    optimizer.zero_grad()
    d_loss.backward()
    optimizer.step()
