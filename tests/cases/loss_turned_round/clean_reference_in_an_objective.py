# expect: nothing
# What is negated as a whole may have a divergence with a minus.
import copy

import torch
from torch import nn
from torch.distributions import Categorical, kl_divergence

torch.manual_seed(0)
policy = nn.Linear(6, 5)
ref_policy = copy.deepcopy(policy).requires_grad_(False)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(6):
    states = torch.randn(64, 6)
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    advantages = (actions == states[:, :5].argmax(-1)).float() - 0.2
    ref_kl = kl_divergence(dist, Categorical(logits=ref_policy(states)))
    objective = (dist.log_prob(actions) * advantages).mean() - 0.1 * ref_kl.mean()
    loss = -objective
    opt.zero_grad()
    loss.backward()
    opt.step()
