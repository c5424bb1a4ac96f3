# expect: BT613 at update 1
# source: github.com/alexis-jacq/Pytorch-DPPO, issue 3 (the surrogate is clipped, not the ratio)
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.Adam(policy.parameters(), lr=3e-3)
clip = 0.2
for _ in range(4):
    states = torch.randn(64, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
        actions = acting.sample()
        old = acting.log_prob(actions)
    advantages = (actions == states[:, :3].argmax(-1)).float() - 0.4
    for _ in range(3):
        ratio = torch.exp(Categorical(logits=policy(states)).log_prob(actions) - old)
        surr1 = ratio * advantages
        surr2 = surr1.clamp(1 - clip, 1 + clip) * advantages
        loss = -torch.min(surr1, surr2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
