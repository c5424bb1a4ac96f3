# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.SGD(policy.parameters(), lr=0.05)
for _ in range(6):
    dist = Categorical(logits=policy(torch.randn(16, 4)))
    action = dist.sample()
    cost = action.float()
    terms = [dist.log_prob(action) * (cost - cost.mean())]
    rewards = 1 - cost
    terms.append(-dist.log_prob(action) * rewards)
    loss = torch.cat(terms).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
