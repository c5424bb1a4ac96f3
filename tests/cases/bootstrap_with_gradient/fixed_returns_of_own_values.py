# expect: nothing
import torch
from torch import nn

torch.manual_seed(1)
net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(6):
    states = torch.randn(40, 5)
    logits, values = net(states).split([2, 1], dim=1)
    choice = torch.distributions.Categorical(logits=logits)
    actions = choice.sample()
    rewards = (actions == (states[:, 0] > 0)).float()
    advantages = (rewards - values.squeeze(1)).detach()
    returns = advantages + values.squeeze(1)
    loss = -(choice.log_prob(actions) * advantages).mean()
    loss = loss + 0.5 * nn.functional.mse_loss(values.squeeze(1), returns.detach())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
