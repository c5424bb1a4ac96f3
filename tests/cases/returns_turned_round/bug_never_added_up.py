# expect: BT465
# line: rewards[i] * gamma**i
# source: github.com/hunkim/ReinforcementZeroToAll, issue 1
# Each reward is discounted by its own step, and none is added to what follows it.
import torch
from torch import nn
from torch.distributions import Categorical


def discount_rewards(rewards, gamma=0.95):
    discounted = []
    for i in range(len(rewards)):
        discounted.append(rewards[i] * gamma**i)
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
