# expect: nothing
# A score is matched with a trace that random signs estimate.
import torch
from torch import nn

torch.manual_seed(0)
energy = nn.Sequential(nn.Linear(3, 24), nn.Softplus(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(energy.parameters(), lr=1e-3)
for _ in range(12):
    x = torch.randn(64, 3).requires_grad_()
    score = torch.autograd.grad(-energy(x).sum(), x, create_graph=True)[0]
    signs = torch.randint(0, 2, score.shape) * 2.0 - 1
    turned = torch.autograd.grad(score, x, signs, create_graph=True)[0]
    loss = ((turned * signs).sum(1) + 0.5 * score.pow(2).sum(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
