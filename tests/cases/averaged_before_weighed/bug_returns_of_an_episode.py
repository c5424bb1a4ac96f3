# expect: BT433 at update 1
# source: https://github.com/Farama-Foundation/Gymnasium/issues/1336
# The log-probabilities of an episode are averaged before they meet its returns.
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for _ in range(8):
    states = torch.randn(12, 3)
    dist = torch.distributions.Normal(policy(states)[:, 0], 0.5)
    actions = dist.sample()
    returns = -(actions - states[:, 0]).abs() + 0.1 * torch.randn(12)
    log_probs = torch.stack(list(dist.log_prob(actions))).mean()
    loss = -torch.sum(log_probs * returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
