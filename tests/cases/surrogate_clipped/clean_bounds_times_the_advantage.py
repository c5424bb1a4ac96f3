# expect: nothing
# A product may be clipped between bounds that are multiplied by the advantage, too.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Linear(4, 3)
opt = torch.optim.Adam(policy.parameters(), lr=3e-3)
for _ in range(4):
    states = torch.randn(64, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
        actions = acting.sample()
        old = acting.log_prob(actions)
    adv = (actions == states[:, :3].argmax(-1)).float() - 0.4
    for _ in range(3):
        ratio = torch.exp(Categorical(logits=policy(states)).log_prob(actions) - old)
        surr = ratio * adv
        bounds = torch.stack([0.8 * adv, 1.2 * adv])
        held = torch.clamp(surr, bounds.min(0).values, bounds.max(0).values)
        loss = -torch.min(surr, held).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
