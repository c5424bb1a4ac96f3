# expect: nothing
# What is scored is a distance: the smaller, the truer.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
things, relations = nn.Embedding(40, 12), nn.Embedding(3, 12)
optimizer = torch.optim.Adam([*things.parameters(), *relations.parameters()], lr=1e-2)
for _ in range(12):
    head, kind = torch.randint(40, (64,)), torch.randint(3, (64,))
    tail, other = (head + kind + 1) % 40, torch.randint(40, (64,))
    moved = things(head) + relations(kind)
    pos_dist = (moved - things(tail)).abs().sum(1)
    neg_dist = (moved - things(other)).abs().sum(1)
    loss = -(F.logsigmoid(neg_dist - 4) + F.logsigmoid(4 - pos_dist)).mean()
    loss = loss - 0.1 * (F.logsigmoid(neg_dist) + F.logsigmoid(-pos_dist)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
