# expect: BT401 at update 1
# source: https://github.com/pytorch/rl/issues/1243
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4), nn.LogSoftmax(dim=1))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(5):
    states = torch.randn(16, 6)
    with torch.no_grad():
        actions = torch.multinomial(policy(states).exp(), 1)
    rewards = states.gather(1, actions).squeeze(1)
    returns = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
    chosen = policy(states).gather(1, actions)
    loss = -(chosen * returns).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
