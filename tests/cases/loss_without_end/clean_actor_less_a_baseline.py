# expect: nothing
# An actor is stepped along a critic's values, from which a baseline is taken.
import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
to_act = torch.optim.Adam(actor.parameters(), lr=1e-3)
to_judge = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(12):
    states, actions = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    rewards = -(actions - states[:, :1].tanh()).square()
    judged = critic(torch.cat([states, actions], dim=1))
    to_judge.zero_grad()
    (judged - rewards).square().mean().backward()
    to_judge.step()
    values = critic(torch.cat([states, actor(states)], dim=1))
    to_act.zero_grad()
    (rewards.mean(dim=1, keepdim=True) - values).mean().backward()
    to_act.step()
