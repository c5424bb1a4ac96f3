"""PPO: log-probabilities of the policy that acted are kept, and the ratio to them is clipped."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 5))
value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=5e-3)
weights = torch.randn(4, 5)
for iteration in range(4):
    with torch.no_grad():
        state = torch.randn(64, 4)
        acting = Categorical(logits=policy(state))
        action = acting.sample()
        old = acting.log_prob(action)
        reward = (state @ weights).gather(1, action[:, None]).squeeze(1)
        advantage = reward - value(state).squeeze(1)
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    for _ in range(6):
        now = Categorical(logits=policy(state))
        ratio = torch.exp(now.log_prob(action) - old)
        clipped = ratio.clamp(0.8, 1.2)
        gain = torch.min(ratio * advantage, clipped * advantage).mean()
        fit = (value(state).squeeze(1) - reward).pow(2).mean()
        loss = -gain + 0.5 * fit
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
