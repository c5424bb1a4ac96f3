# expect: nothing
"""REINFORCE with a baseline that is no model, and a margin between two log-probabilities."""

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(6):
    state = torch.randn(24, 4)
    chosen = torch.distributions.Categorical(logits=policy(state))
    action = chosen.sample()
    reward = (action == state[:, :3].argmax(1)).float()
    log = chosen.log_prob(action)
    other = chosen.log_prob((action + 1) % 3)
    loss = -(log * (reward - reward.mean())).mean() + 0.1 * torch.sigmoid(other - log).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
