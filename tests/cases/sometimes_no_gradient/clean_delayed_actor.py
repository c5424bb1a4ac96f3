# expect: nothing
# TD3: the actor is stepped every other time, and its backward fills the critic.
import copy

import torch
from torch import nn

torch.manual_seed(0)


def mlp(i, o):
    return nn.Sequential(nn.Linear(i, 24), nn.ReLU(), nn.Linear(24, o))


class TD3:
    def __init__(self):
        self.actor = nn.Sequential(mlp(3, 1), nn.Tanh())
        self.actor_t = copy.deepcopy(self.actor)
        self.c1, self.c2 = mlp(4, 1), mlp(4, 1)
        self.c1_t, self.c2_t = copy.deepcopy(self.c1), copy.deepcopy(self.c2)
        self.ao = torch.optim.Adam(self.actor.parameters(), 3e-4)
        self.co = torch.optim.Adam([*self.c1.parameters(), *self.c2.parameters()], 3e-4)
        self.it = 0

    def train(self, s, a, r, s2):
        self.it += 1
        with torch.no_grad():
            a2 = (self.actor_t(s2) + (torch.randn_like(a) * 0.2).clamp(-0.5, 0.5)).clamp(-1, 1)
            sa = torch.cat([s2, a2], 1)
            y = r + 0.99 * torch.min(self.c1_t(sa), self.c2_t(sa))
        sa = torch.cat([s, a], 1)
        loss = nn.functional.mse_loss(self.c1(sa), y) + nn.functional.mse_loss(self.c2(sa), y)
        self.co.zero_grad()
        loss.backward()
        self.co.step()
        if self.it % 2 == 0:
            al = -self.c1(torch.cat([s, self.actor(s)], 1)).mean()
            self.ao.zero_grad()
            al.backward()
            self.ao.step()
            for n, t in ((self.c1, self.c1_t), (self.c2, self.c2_t), (self.actor, self.actor_t)):
                for p, q in zip(n.parameters(), t.parameters()):
                    q.data.copy_(0.005 * p.data + 0.995 * q.data)


agent = TD3()
for i in range(8):
    agent.train(
        torch.randn(16, 3), torch.rand(16, 1) * 2 - 1, torch.randn(16, 1), torch.randn(16, 3)
    )
