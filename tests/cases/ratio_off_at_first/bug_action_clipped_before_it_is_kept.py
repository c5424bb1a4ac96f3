# expect: BT549 at update 1
# source: github.com/thu-ml/tianshou, issue 312
import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 2))
log_std = nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([*actor.parameters(), log_std], lr=3e-4)
for _ in range(3):
    obs = torch.randn(64, 3)
    with torch.no_grad():
        dist = Normal(actor(obs), log_std.exp())
        action = dist.sample()
        old = dist.log_prob(action).sum(-1)
        action = action.clamp(-1, 1)
        reward = -(action - obs[:, :2]).pow(2).sum(-1)
    advantage = (reward - reward.mean()) / reward.std()
    for _ in range(4):
        new = Normal(actor(obs), log_std.exp()).log_prob(action).sum(-1)
        ratio = torch.exp(new - old)
        loss = -torch.min(ratio * advantage, torch.clamp(ratio, 0.8, 1.2) * advantage).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
