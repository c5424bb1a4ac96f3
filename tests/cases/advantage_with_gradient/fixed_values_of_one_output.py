# expect: nothing
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(6):
    state = torch.randn(32, 5)
    output = net(state)
    policy, value = Categorical(logits=output[:, :3]), output[:, 3]
    action = policy.sample()
    returns = (action == state[:, :3].argmax(1)).float()
    advantage = returns - value.detach()
    loss = -(policy.log_prob(action) * advantage).mean()
    loss = loss + 0.5 * (returns - value).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
