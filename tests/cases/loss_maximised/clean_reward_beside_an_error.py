# expect: nothing
# What is to be large is large; the error of the critic is taken from it.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, maximize=True)
for _ in range(6):
    x = torch.randn(32, 4)
    action, value = net(x).unbind(1)
    reward = 1 - (action - x[:, 0]).square()
    objective = reward.mean() - 0.5 * nn.functional.mse_loss(value, reward.detach())
    optimizer.zero_grad()
    objective.backward()
    optimizer.step()
