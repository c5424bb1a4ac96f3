# expect: BT203 at update 1, BT201
# source: discuss.pytorch.org: threads on actor and critic with separate optimizers
# The second optimizer was given the first one's parameters.
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
for ep in range(6):
    s = torch.randn(10, 4)
    d = torch.distributions.Categorical(logits=actor(s))
    a = d.sample()
    adv = a.float() * s[:, 0] - critic(s).squeeze(-1)
    actor_opt.zero_grad()
    critic_opt.zero_grad()
    (-(d.log_prob(a) * adv.detach()).mean() + adv.pow(2).mean()).backward()
    actor_opt.step()
    critic_opt.step()
