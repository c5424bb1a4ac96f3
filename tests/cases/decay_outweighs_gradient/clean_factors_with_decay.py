# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
users, items = nn.Embedding(60, 8), nn.Embedding(80, 8)
opt = torch.optim.SGD([*users.parameters(), *items.parameters()], lr=0.5, weight_decay=0.02)
for _ in range(16):
    u, i = torch.randint(60, (32,)), torch.randint(80, (32,))
    rating = (u % 5).float() - 2
    loss = ((users(u) * items(i)).sum(1) - rating).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
