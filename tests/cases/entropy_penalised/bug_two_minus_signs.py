# expect: BT427 at update 1
# source: "Proximal Policy Optimization Algorithms", J. Schulman and others, 2017
# A term that is the negative entropy already is subtracted.
import torch
from torch import nn

torch.manual_seed(2)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
scale = nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([*policy.parameters(), scale], lr=1e-3)
for _ in range(6):
    state = torch.randn(64, 3)
    dist = torch.distributions.Normal(policy(state), scale.exp())
    action = dist.sample()
    reward = -(action - state[:, :2]).pow(2).sum(1)
    log_prob = dist.log_prob(action).sum(1)
    entropy_loss = -dist.entropy().sum(1).mean()
    loss = -(log_prob * (reward - reward.mean())).mean() - 0.01 * entropy_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
