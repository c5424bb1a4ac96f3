# expect: nothing
"""Logarithms of densities, which may be above 0, on a grid."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
grid = torch.linspace(-2, 2, 41)
true = torch.distributions.Normal(0.3, 0.2).log_prob(grid)
mean = torch.nn.Parameter(torch.zeros(1))
log_scale = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.Adam([mean, log_scale], lr=5e-2)
for _ in range(6):
    own = torch.distributions.Normal(mean, log_scale.exp()).log_prob(grid)
    loss = F.kl_div(own, true, reduction="sum", log_target=True) * 0.1
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
