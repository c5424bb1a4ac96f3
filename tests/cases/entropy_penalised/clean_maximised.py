# expect: nothing
"""An objective that goes uphill: its entropy is made large."""

import torch
from torch import nn

torch.manual_seed(0)
wanted = torch.randn(5, 3)
policy = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2, maximize=True)
for _ in range(8):
    x = torch.randn(32, 5)
    dist = torch.distributions.Categorical(logits=policy(x))
    action = dist.sample()
    reward = (action == (x @ wanted).argmax(1)).float() - 0.3
    objective = (dist.log_prob(action) * reward).mean() + 0.01 * dist.entropy().mean()
    optimizer.zero_grad()
    objective.backward()
    optimizer.step()
