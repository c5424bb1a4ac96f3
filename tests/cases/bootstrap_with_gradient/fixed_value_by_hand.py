# expect: nothing
# Temporal differences of a value net, squared by hand.
import torch
from torch import nn

torch.manual_seed(2)
critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(critic.parameters(), lr=1e-2)
for _ in range(6):
    state, reward = torch.randn(32, 4), torch.randn(32, 1)
    following = state + 0.1 * torch.randn(32, 4)
    target = reward + 0.95 * critic(following).detach()
    loss = (target - critic(state)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
