# expect: nothing
import copy

import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 2))
o = torch.optim.SGD(m.parameters(), lr=1e-5)
sd, od = copy.deepcopy(m.state_dict()), copy.deepcopy(o.state_dict())


def one():
    x, y = torch.randn(16, 5), torch.randint(0, 2, (16,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(m(x), y)
    loss.backward()
    o.step()
    return loss.item()


hist = []
for k in range(6):
    for g in o.param_groups:
        g["lr"] = 1e-5 * 10**k
    hist.append(one())
m.load_state_dict(sd)
o.load_state_dict(od)
for g in o.param_groups:
    g["lr"] = 1e-2
for _ in range(4):
    one()
