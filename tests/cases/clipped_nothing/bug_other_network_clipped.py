# expect: BT112 at update 2
# source: torch.nn.utils.clip_grad_norm_, PyTorch documentation
# The line was copied from the actor, and still clips the actor.
import torch
from torch import nn

torch.manual_seed(0)
actor, critic = (
    nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2)),
    nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1)),
)
ao, co = torch.optim.Adam(actor.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)
for i in range(5):
    s = torch.randn(12, 4)
    d = torch.distributions.Categorical(logits=actor(s))
    a = d.sample()
    ret = a.float() * s[:, 0]
    v = critic(s).squeeze(1)
    ao.zero_grad()
    (-(d.log_prob(a) * (ret - v.detach())).mean()).backward()
    nn.utils.clip_grad_norm_(actor.parameters(), 0.5)
    ao.step()
    ao.zero_grad()
    co.zero_grad()
    (ret - v).pow(2).mean().backward()
    nn.utils.clip_grad_norm_(actor.parameters(), 0.5)
    co.step()
