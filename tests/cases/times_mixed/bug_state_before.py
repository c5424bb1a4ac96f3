# expect: BT559 at update 1
# source: https://github.com/seungeunrho/minimalRL/issues/40
import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.mu, self.spread = nn.Linear(3, 24), nn.Linear(24, 1), nn.Linear(24, 1)

    def forward(self, s):
        h = F.relu(self.body(s))
        dist = Normal(self.mu(h), F.softplus(self.spread(h)) + 1e-3)
        u = dist.rsample()
        a = torch.tanh(u)
        return a, dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)


class Value(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, s, a):
        return self.layers(torch.cat([s, a], 1))


def calc_target(pi, q1, q2, s, r, s_prime, done, gamma=0.97, alpha=0.1):
    with torch.no_grad():
        a_prime, log_prob = pi(s_prime)
        min_q = torch.min(q1(s, a_prime), q2(s, a_prime))
        return r + gamma * (1 - done) * (min_q - alpha * log_prob)


torch.manual_seed(0)
pi, q1, q2, q1_target, q2_target = Policy(), Value(), Value(), Value(), Value()
q1_target.load_state_dict(q1.state_dict())
q2_target.load_state_dict(q2.state_dict())
pi_opt = torch.optim.Adam(pi.parameters(), lr=1e-3)
q_opt = torch.optim.Adam([*q1.parameters(), *q2.parameters()], lr=1e-3)
for _ in range(8):
    s, a = torch.randn(32, 3), torch.rand(32, 1) * 2 - 1
    s_prime = 0.9 * s + 0.2 * a
    r, done = -s_prime.square().mean(1, keepdim=True), (torch.rand(32, 1) < 0.1).float()
    target = calc_target(pi, q1_target, q2_target, s, r, s_prime, done)
    q_loss = F.mse_loss(q1(s, a), target) + F.mse_loss(q2(s, a), target)
    q_opt.zero_grad()
    q_loss.backward()
    q_opt.step()
    action, log_prob = pi(s)
    pi_loss = (0.1 * log_prob - torch.min(q1(s, action), q2(s, action))).mean()
    pi_opt.zero_grad()
    pi_loss.backward()
    pi_opt.step()
    with torch.no_grad():
        for net, kept in ((q1, q1_target), (q2, q2_target)):
            for p, p_kept in zip(net.parameters(), kept.parameters()):
                p_kept.mul_(0.98).add_(0.02 * p)
