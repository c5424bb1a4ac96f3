# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
net = nn.Linear(3, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
episodes, rewards = [], []
for episode in range(4):
    for _ in range(6):
        rewards.append(torch.randn(3))
    episodes.append(list(rewards))
    rewards.clear()
    rewards.append(torch.randn(3))
    for kept in episodes:
        x = torch.stack(kept)
        loss = (net(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
