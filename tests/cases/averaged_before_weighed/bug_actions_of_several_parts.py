# expect: BT433 at update 1
# source: https://github.com/Farama-Foundation/Gymnasium/issues/1336
# Each action has two parts, whose log-probabilities are added up; the steps are averaged too early.
import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for _ in range(8):
    log_probs, rewards = [], []
    for _ in range(10):
        state = torch.randn(3)
        dist = Normal(policy(state), 0.5)
        action = dist.sample()
        log_probs.append(dist.log_prob(action).sum())
        rewards.append(-(action - state[:2]).square().sum())
    returns = torch.stack(rewards)
    loss = -(torch.stack(log_probs).mean() * (returns - returns.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
