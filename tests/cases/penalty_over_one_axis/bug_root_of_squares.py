# expect: BT432 at update 1
# source: "Improved Training of Wasserstein GANs", I. Gulrajani and others, 2017, algorithm 1
import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Conv1d(5, 8, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8 * 7, 1))
optimizer = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for _ in range(6):
    real, fake = torch.randn(16, 5, 9) + 1, torch.randn(16, 5, 9).requires_grad_()
    score = critic(fake)
    slope = torch.autograd.grad(score.sum(), [fake], create_graph=True)[0] + 1e-16
    norms = torch.sqrt(torch.sum(slope**2, dim=1) + 1e-12)
    penalty = nn.functional.mse_loss(norms, torch.ones_like(norms))
    optimizer.zero_grad()
    (score.mean() - critic(real).mean() + 10 * penalty).backward()
    optimizer.step()
