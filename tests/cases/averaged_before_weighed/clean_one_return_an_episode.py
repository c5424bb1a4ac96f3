# expect: nothing
# All of an episode's log-probabilities, averaged over its length, get the one return that it has.
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for _ in range(8):
    losses = []
    for _ in range(4):
        states = torch.randn(10, 3)
        dist = torch.distributions.Categorical(logits=policy(states))
        actions = dist.sample()
        outcome = (actions == (states[:, 0] > 0).long()).float().mean()
        losses.append(-dist.log_prob(actions).mean() * (outcome - 0.5))
    optimizer.zero_grad()
    torch.stack(losses).mean().backward()
    optimizer.step()
