# expect: nothing
# Each step meets its own return; the parts of its action are added up before.
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
    loss = -(torch.stack(log_probs) * (returns - returns.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
