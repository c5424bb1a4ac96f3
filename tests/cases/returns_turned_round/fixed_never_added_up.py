# expect: nothing
# source: github.com/hunkim/ReinforcementZeroToAll, issue 1
# Each return is its reward and, discounted, all that follow it.
import torch
from torch import nn
from torch.distributions import Categorical


def discount_rewards(rewards, gamma=0.95):
    discounted, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + gamma * total
        discounted.insert(0, total)
    return torch.tensor(discounted)


torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(12):
    state, rewards, log_probs = torch.randn(3), [], []
    for _ in range(8):
        dist = Categorical(logits=policy(state))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        rewards.append(float(action == int(state[0] > 0)))
        state = torch.randn(3)
    returns = discount_rewards(rewards)
    loss = -(torch.stack(log_probs) * (returns - returns.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
