# expect: nothing
# The product is clipped to what no reward exceeds, and the ratio is clipped where it stands.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy, critic = nn.Linear(4, 3), nn.Linear(4, 1)
opt = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=3e-3)
for _ in range(4):
    states = torch.randn(64, 4)
    with torch.no_grad():
        acting = Categorical(logits=policy(states))
        actions = acting.sample()
        old = acting.log_prob(actions)
        old_values = critic(states).squeeze(-1)
    gains = (actions == states[:, :3].argmax(-1)).float()
    adv = gains - old_values
    for _ in range(3):
        ratio = torch.exp(Categorical(logits=policy(states)).log_prob(actions) - old)
        free = (ratio * adv).clamp(-5.0, 5.0)
        ratio = ratio.clamp(1 - 0.2, 1 + 0.2)
        policy_loss = -torch.min(free, ratio * adv).mean()
        values = critic(states).squeeze(-1)
        held = old_values + (values - old_values).clamp(-0.2, 0.2)
        value_loss = torch.max((values - gains) ** 2, (held - gains) ** 2).mean()
        opt.zero_grad()
        (policy_loss + 0.5 * value_loss).backward()
        opt.step()
