# expect: nothing
# Minus a cost is to be large, and so is the likelihood of what costs little.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 3)
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2, maximize=True)
for _ in range(6):
    state = torch.randn(32, 4)
    choice = Categorical(logits=policy(state))
    action = choice.sample()
    cost = (action != state[:, :3].argmax(1)).float()
    aim = -(choice.log_prob(action) * cost).mean()
    optimizer.zero_grad()
    aim.backward()
    optimizer.step()
