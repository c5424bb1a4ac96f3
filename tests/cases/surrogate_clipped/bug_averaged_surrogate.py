# expect: BT613
# source: github.com/Omegastick/pytorch-cpp-rl, issue 14
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.Adam(policy.parameters(), lr=3e-3)
epsilon = 0.2
for _ in range(4):
    states = torch.randn(64, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
        actions = acting.sample()
        old = acting.log_prob(actions)
    advantages = (actions == states[:, :3].argmax(-1)).float() - 0.4
    for _ in range(3):
        ratio = torch.exp(Categorical(logits=policy(states)).log_prob(actions) - old)
        free = (ratio * advantages).mean()
        held = torch.mean(ratio.clamp(1 - epsilon, 1 + epsilon) * advantages)
        opt.zero_grad()
        (-torch.minimum(free, held)).backward()
        opt.step()
