# expect: nothing
# The critic requires no gradient while the actor is judged.
import torch
from torch import nn

torch.manual_seed(0)
actor, critic = nn.Linear(3, 1), nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
actor_opt = torch.optim.Adam(actor.parameters(), 1e-2)
critic_opt = torch.optim.Adam(critic.parameters(), 1e-2)
for _ in range(8):
    s, a = torch.randn(32, 3), torch.rand(32, 1)
    critic_opt.zero_grad()
    actor_opt.zero_grad()
    nn.functional.mse_loss(critic(torch.cat([s, a], 1)), 1 - (a - s[:, :1]).abs()).backward()
    critic.requires_grad_(False)
    (-critic(torch.cat([s, actor(s)], 1)).mean()).backward()
    critic.requires_grad_(True)
    critic_opt.step()
    actor_opt.step()
