# expect: nothing
# Actions are drawn in training; the evaluation takes the likeliest, and tells how likely it is.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)


def act(states):
    dist = Categorical(logits=policy(states))
    actions = dist.sample()
    return actions, dist.log_prob(actions)


def judge(states):
    dist = Categorical(logits=policy(states))
    actions = dist.logits.argmax(-1)
    return actions, dist.log_prob(actions)


for _ in range(12):
    states = torch.randn(32, 4)
    actions, chances = act(states)
    rewards = (actions == states[:, :3].argmax(1)).float()
    loss = -(chances * (rewards - rewards.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(judge(torch.randn(4, 4)))
