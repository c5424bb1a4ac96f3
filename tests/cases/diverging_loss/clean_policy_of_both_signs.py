# expect: nothing
# A policy's loss is no error: it lies around nought, and longer episodes take it farther off.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(8)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for episode in range(40):
    states = torch.randn(4 + 4 * episode, 4)
    dist = Categorical(logits=policy(states))
    action = dist.sample()
    gains = (action == (states[:, 0] > 0).long()).float()
    returns = gains.flip(0).cumsum(0).flip(0)
    returns = (returns - returns.mean()) / (returns.std() + 1e-9)
    loss = -(dist.log_prob(action) * returns).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
