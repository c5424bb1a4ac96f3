# expect: BT442
# source: torch.distributions, PyTorch documentation, "Score function"
# The action of each state is the mode of its distribution.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(12):
    states = torch.randn(32, 4)
    dist = Categorical(probs=policy(states).softmax(-1))
    actions = dist.probs.argmax(dim=1)
    rewards = (actions == states[:, :3].argmax(1)).float()
    loss = -(dist.log_prob(actions) * (rewards - rewards.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
