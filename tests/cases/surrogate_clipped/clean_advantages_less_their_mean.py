# expect: nothing
"""Advantages less their mean, a surrogate's mean that is printed, and values clipped by PPO."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-3)
for _ in range(4):
    states = torch.randn(64, 4)
    with torch.no_grad():
        acting, before = Categorical(logits=actor(states)), critic(states).squeeze(1)
        actions = acting.sample()
        old = acting.log_prob(actions)
    returns = (actions == states[:, :3].argmax(-1)).float()
    adv = returns - before
    for _ in range(3):
        ratio = torch.exp(Categorical(logits=actor(states)).log_prob(actions) - old)
        surrogate = ratio * (adv - adv.mean()) / adv.std()
        held = ratio.clamp(0.8, 1.2) * (adv - adv.mean()) / adv.std()
        loss = -torch.min(surrogate, held).mean()
        worst = max((ratio * adv).mean().item(), ratio.mean().item())
        values = critic(states).squeeze(1)
        near = before + (values - before).clamp(-0.2, 0.2)
        loss = loss + torch.max((values - returns) ** 2, (near - returns) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{worst:.3f}")
