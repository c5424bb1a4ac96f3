# expect: BT402 at update 1
# source: https://github.com/ekapolc/RL_course_2019/pull/6
# The policy ends in a softmax, and Categorical takes what it is given for logits.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for _ in range(8):
    states = torch.randn(16, 4)
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    rewards = (actions == states[:, :3].argmax(1)).float()
    loss = -(dist.log_prob(actions) * (rewards - rewards.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
