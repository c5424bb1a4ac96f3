# expect: nothing
# SAC: three optimizers, the critics frozen while the actor is trained.
import copy
import itertools

import torch
from torch import nn


def mlp(i, o):
    return nn.Sequential(nn.Linear(i, 32), nn.ReLU(), nn.Linear(32, o))


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = mlp(3, 2)

    def forward(self, s):
        mu, log_std = self.net(s).chunk(2, -1)
        d = torch.distributions.Normal(mu, log_std.clamp(-5, 2).exp())
        a = d.rsample()
        return torch.tanh(a), (
            d.log_prob(a) - 2 * (0.693 - a - nn.functional.softplus(-2 * a))
        ).sum(-1)


class SAC:
    def __init__(self):
        self.actor, self.q1, self.q2 = Actor(), mlp(4, 1), mlp(4, 1)
        self.t1, self.t2 = copy.deepcopy(self.q1), copy.deepcopy(self.q2)
        for p in itertools.chain(self.t1.parameters(), self.t2.parameters()):
            p.requires_grad = False
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.q_opt = torch.optim.Adam(
            itertools.chain(self.q1.parameters(), self.q2.parameters()), 3e-4
        )
        self.pi_opt = torch.optim.Adam(self.actor.parameters(), 3e-4)
        self.alpha_opt = torch.optim.Adam([self.log_alpha], 3e-4)

    def update(self, s, a, r, s2):
        with torch.no_grad():
            a2, lp2 = self.actor(s2)
            sa = torch.cat([s2, a2], 1)
            y = r + 0.99 * (
                torch.min(self.t1(sa), self.t2(sa)).squeeze(1) - self.log_alpha.exp() * lp2
            )
        sa = torch.cat([s, a], 1)
        loss_q = ((self.q1(sa).squeeze(1) - y) ** 2).mean() + (
            (self.q2(sa).squeeze(1) - y) ** 2
        ).mean()
        self.q_opt.zero_grad()
        loss_q.backward()
        self.q_opt.step()
        for p in itertools.chain(self.q1.parameters(), self.q2.parameters()):
            p.requires_grad = False
        pi, lp = self.actor(s)
        sa = torch.cat([s, pi], 1)
        loss_pi = (
            self.log_alpha.exp().detach() * lp - torch.min(self.q1(sa), self.q2(sa)).squeeze(1)
        ).mean()
        self.pi_opt.zero_grad()
        loss_pi.backward()
        self.pi_opt.step()
        for p in itertools.chain(self.q1.parameters(), self.q2.parameters()):
            p.requires_grad = True
        loss_a = -(self.log_alpha * (lp - 1.0).detach()).mean()
        self.alpha_opt.zero_grad()
        loss_a.backward()
        self.alpha_opt.step()
        with torch.no_grad():
            for q, t in ((self.q1, self.t1), (self.q2, self.t2)):
                for p, pt in zip(q.parameters(), t.parameters()):
                    pt.mul_(0.995)
                    pt.add_(0.005 * p)


torch.manual_seed(0)
agent = SAC()
for i in range(5):
    agent.update(torch.randn(16, 3), torch.rand(16, 1) * 2 - 1, torch.randn(16), torch.randn(16, 3))
