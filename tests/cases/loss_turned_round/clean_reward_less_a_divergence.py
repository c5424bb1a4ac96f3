# expect: nothing
# A divergence that is taken from the reward holds the policy near the reference.
import copy

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(6, 5)
ref_policy = copy.deepcopy(policy).requires_grad_(False)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(6):
    states = torch.randn(64, 6)
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    logp = dist.log_prob(actions)
    with torch.no_grad():
        kl = logp - Categorical(logits=ref_policy(states)).log_prob(actions)
        rewards = (actions == states[:, :5].argmax(-1)).float() - 0.1 * kl
        advantages = rewards - rewards.mean()
    policy_loss = -(logp * advantages).mean()
    entropy = dist.entropy().mean()
    loss = policy_loss - 0.01 * entropy
    opt.zero_grad()
    loss.backward()
    opt.step()
