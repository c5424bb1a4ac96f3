# expect: BT115 at update 1
# source: github.com/astariul/encode-attend-navigate-pytorch, issue 2
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(5, 16), nn.Tanh())
actor, critic = nn.Linear(16, 3), nn.Linear(16, 1)
model = nn.ModuleList([trunk, actor, critic])
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
table = torch.rand(5, 3)
for _ in range(6):
    rows = torch.randint(0, 5, (32,))
    hidden = trunk(nn.functional.one_hot(rows, 5).float())
    policy, value = Categorical(logits=actor(hidden)), critic(hidden).squeeze(-1)
    action = policy.sample()
    returns = table[rows, action]
    advantage = returns - value
    actor_loss = -(policy.log_prob(action) * advantage).mean()
    loss = actor_loss + nn.functional.mse_loss(value, returns) - 0.01 * policy.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
