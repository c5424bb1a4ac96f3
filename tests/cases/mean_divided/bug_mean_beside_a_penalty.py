# expect: BT581 at update 1
# source: https://github.com/pyg-team/pytorch_geometric/issues/7196
import torch
import torch.nn.functional as F
from torch import nn


class BPRLoss(nn.Module):
    def forward(self, liked, other, weights):
        n_pairs = liked.size(0)
        log_prob = F.logsigmoid(liked - other).mean()
        penalty = 1e-3 * weights.pow(2).sum()
        return (-log_prob + penalty) / n_pairs


torch.manual_seed(0)
users, items = nn.Embedding(12, 8), nn.Embedding(30, 8)
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=1e-2)
for _ in range(6):
    user = torch.randint(0, 12, (32,))
    liked, other = (user * 2 + torch.randint(0, 4, (32,))) % 30, torch.randint(0, 30, (32,))
    u = users(user)
    scores = (u * items(liked)).sum(-1), (u * items(other)).sum(-1)
    loss = BPRLoss()(*scores, u)
    opt.zero_grad()
    loss.backward()
    opt.step()
