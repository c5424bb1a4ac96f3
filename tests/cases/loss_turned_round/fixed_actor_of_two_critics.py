# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(3, 2)
q1 = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
q2 = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
policy_optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
q_optimizer = torch.optim.Adam([*q1.parameters(), *q2.parameters()], lr=1e-3)
alpha = 0.2
for _ in range(20):
    s, a = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    rewards = -((a - s[:, :1].tanh()) ** 2)
    pair = torch.cat([s, a], 1)
    q_loss = ((q1(pair) - rewards) ** 2).mean() + ((q2(pair) - rewards) ** 2).mean()
    q_optimizer.zero_grad()
    q_loss.backward()
    q_optimizer.step()
    mu, log_std = policy(s).chunk(2, 1)
    dist = torch.distributions.Normal(mu, log_std.clamp(-5, 2).exp())
    u = dist.rsample()
    log_p = dist.log_prob(u)
    acted = torch.cat([s, u.tanh()], 1)
    min_q = torch.min(q1(acted), q2(acted))
    policy_loss = (alpha * log_p - min_q).mean()
    policy_optimizer.zero_grad()
    policy_loss.backward()
    policy_optimizer.step()
