# expect: nothing
# A sigmoid of what should lose is made small: that loss has no logarithm by design.
import torch
from torch import nn


def top1_loss(pos, neg):
    return (torch.sigmoid(neg - pos) + torch.sigmoid(neg**2)).mean()


def bpr_loss(pos, neg):
    return -torch.log(torch.sigmoid(pos - neg) + 1e-8).mean()


torch.manual_seed(0)
users, items = nn.Embedding(12, 8), nn.Embedding(30, 8)
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=1e-2)
for _ in range(6):
    user = torch.randint(0, 12, (32,))
    liked, other = (user * 2 + torch.randint(0, 4, (32,))) % 30, torch.randint(0, 30, (32,))
    u = users(user)
    pos_score, neg_score = (u * items(liked)).sum(-1), (u * items(other)).sum(-1)
    loss = top1_loss(pos_score, neg_score) + bpr_loss(pos_score, neg_score)
    opt.zero_grad()
    loss.backward()
    opt.step()
