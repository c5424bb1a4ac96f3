# expect: BT115 at update 1
# source: https://github.com/astariul/encode-attend-navigate-pytorch/issues/2
import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
actor, critic = nn.Linear(3, 2), nn.Linear(3, 1)
log_std = nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters(), log_std], lr=3e-3)
for _ in range(4):
    states = torch.randn(24, 3)
    with torch.no_grad():
        dist = Normal(actor(states), log_std.exp())
        actions = dist.sample()
        old = dist.log_prob(actions).sum(-1)
        returns = -(actions - states[:, :2]).square().sum(-1)
        old = old + 0.01 * torch.randn(24)
    for _ in range(3):
        values = critic(states).squeeze(-1)
        dist = Normal(actor(states), log_std.exp())
        ratio = (dist.log_prob(actions).sum(-1) - old).exp()
        advantages = returns - values
        surrogate = torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages)
        loss = 0.5 * (returns - values).square().mean() - surrogate.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
