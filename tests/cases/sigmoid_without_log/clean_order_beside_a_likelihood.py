# expect: nothing
# A smooth count of pairs in the right order, called so, beside the likelihood.
import torch
from torch import nn
from torch.nn import functional as F


def bpr_loss(pos, neg):
    return F.softplus(neg - pos).mean()


def auc_loss(pos, neg):
    return -torch.sigmoid(pos - neg).mean()


torch.manual_seed(0)
users, items = nn.Embedding(12, 8), nn.Embedding(30, 8)
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=1e-2)
for _ in range(6):
    user = torch.randint(0, 12, (32,))
    liked, other = (user * 2 + torch.randint(0, 4, (32,))) % 30, torch.randint(0, 30, (32,))
    u = users(user)
    pos_score, neg_score = (u * items(liked)).sum(-1), (u * items(other)).sum(-1)
    loss = bpr_loss(pos_score, neg_score) + 0.1 * auc_loss(pos_score, neg_score)
    opt.zero_grad()
    loss.backward()
    opt.step()
