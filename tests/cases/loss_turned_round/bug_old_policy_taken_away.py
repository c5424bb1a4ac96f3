# expect: BT461 at update 1
# source: github.com/Unakar/Logic-RL, issue 58 (the sign of the penalty, here on the old policy)
import torch
from torch import nn
from torch.distributions import Categorical, kl_divergence

torch.manual_seed(0)
policy = nn.Linear(6, 5)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
beta = 0.5


def policy_loss(states, actions, advantages, old_dist):
    dist = Categorical(logits=policy(states))
    ratio = (dist.log_prob(actions) - old_dist.log_prob(actions)).exp()
    penalty_kl = kl_divergence(old_dist, dist).mean()
    return -(ratio * advantages).mean() - beta * penalty_kl


for _ in range(6):
    states = torch.randn(64, 6)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
    actions = acting.sample()
    advantages = (actions == states[:, :5].argmax(-1)).float() - 0.2
    for _ in range(2):
        opt.zero_grad()
        policy_loss(states, actions, advantages, acting).backward()
        opt.step()
