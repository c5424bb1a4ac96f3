# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(6):
    log_probs, rewards = [], []
    for _ in range(8):
        dist = Categorical(logits=policy(torch.randn(4)))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        rewards.append(float(action))
    returns, total = [], 0.0
    for reward in rewards[::-1]:
        total = reward + 0.99 * total
        returns.append(total)
    returns.reverse()
    loss = -(torch.stack(log_probs) * torch.tensor(returns)).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
