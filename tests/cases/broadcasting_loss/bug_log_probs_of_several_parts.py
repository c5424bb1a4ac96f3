# expect: BT401 at update 1
# source: https://github.com/thu-ml/tianshou/issues/40
# The log-probabilities of an action's three parts are not added up: each row has three targets.
import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(8):
    states, rewards = torch.randn(32, 5), torch.randn(32, 1)
    dist = Normal(states[:, :3], 0.5)
    action = dist.sample()
    log_prob = dist.log_prob(action)
    loss = F.mse_loss(critic(states), rewards - 0.2 * log_prob)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
