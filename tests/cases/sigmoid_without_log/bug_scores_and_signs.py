# expect: BT615 at update 1
# source: github.com/RUCAIBox/RecBole, issue 1505 (the loss of LINE has no logarithm)
import torch
from torch import nn


class NegSamplingLoss(nn.Module):
    def forward(self, score, sign):
        return -torch.sigmoid(sign * score).mean()


torch.manual_seed(0)
users, items = nn.Embedding(12, 8), nn.Embedding(30, 8)
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=1e-2)
for _ in range(6):
    user = torch.randint(0, 12, (32,))
    liked, other = (user * 2 + torch.randint(0, 4, (32,))) % 30, torch.randint(0, 30, (32,))
    u = users(user)
    pos_score, neg_score = (u * items(liked)).sum(-1), (u * items(other)).sum(-1)
    scores = torch.cat([pos_score, neg_score])
    signs = torch.cat([torch.ones(32), -torch.ones(32)])
    loss = NegSamplingLoss()(scores, signs)
    opt.zero_grad()
    loss.backward()
    opt.step()
