# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
groups = torch.randint(4, (64,))
rows = torch.eye(4)[groups] + 0.3 * torch.randn(64, 4)


def triplet(anchor, pos, neg):
    near = (anchor * pos).sum(1)
    far = (pos * neg).sum(1)
    return F.relu(0.3 - near + far).mean()


net = nn.Linear(4, 6)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(12):
    at = torch.randint(64, (16,))
    same = torch.multinomial((groups[at][:, None] == groups[None]).float(), 1).squeeze(1)
    other = torch.multinomial((groups[at][:, None] != groups[None]).float(), 1).squeeze(1)
    loss = triplet(*(F.normalize(net(rows[each]), dim=1) for each in (at, same, other)))
    opt.zero_grad()
    loss.backward()
    opt.step()
