# expect: nothing
"""One advantage for a sequence, whose tokens' surrogates are averaged along it or one by one."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 5))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for _ in range(4):
    states = torch.randn(8, 6, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
        tokens = acting.sample()
        old = acting.log_prob(tokens)
    rewards = (tokens == 2).float().mean(1)
    advantages = ((rewards - rewards.mean()) / (rewards.std() + 1e-4))[:, None].expand(8, 6)
    for _ in range(2):
        ratio = torch.exp(Categorical(logits=policy(states)).log_prob(tokens) - old)
        free = (ratio * advantages).mean(1)
        held = (ratio.clamp(0.8, 1.2) * advantages).mean(dim=1)
        loss = -torch.min(free, held).mean()
        for i in range(8):
            first = (ratio[i] * advantages[i]).mean()
            other = ratio[i].clamp(0.8, 1.2).mean() * advantages[i].mean()
            loss = loss - 0.1 * torch.min(first, other)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
