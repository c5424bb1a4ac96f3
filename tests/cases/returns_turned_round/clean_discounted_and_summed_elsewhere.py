# expect: nothing
# The rewards of an episode are discounted each by its step, and what follows each is summed then.
import torch
from torch import nn
from torch.distributions import Categorical


def discounted_rewards(rewards, gamma=0.95):
    return torch.tensor([reward * gamma**step for step, reward in enumerate(rewards)])


def returns_of(rewards, gamma=0.95):
    told = torch.tensor([reward * gamma**step for step, reward in enumerate(rewards)])
    return told.flip(0).cumsum(0).flip(0) / gamma ** torch.arange(len(rewards))


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
    returns = returns_of(rewards)
    loss = -(torch.stack(log_probs) * (returns - returns.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
