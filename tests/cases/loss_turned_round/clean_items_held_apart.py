# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
USERS, ITEMS = 24, 30
liked = torch.rand(USERS, ITEMS) < 0.2
liked[:, 0] = True


class Tastes(nn.Module):
    def __init__(self, size=8):
        super().__init__()
        self.users = nn.Embedding(USERS, size)
        self.items = nn.Embedding(ITEMS, size)

    def forward(self, user, pos_item, neg_item):
        user_vector = self.users(user)
        pos_vector = self.items(pos_item)
        neg_vector = self.items(neg_item)
        wanted = (user_vector * pos_vector).sum(1)
        unwanted = (user_vector * neg_vector).sum(1)
        unlike = (pos_vector * neg_vector).sum(1)
        return -nn.functional.logsigmoid(wanted - unwanted).mean() + 0.01 * unlike.pow(2).mean()


net = Tastes()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(12):
    user = torch.randint(USERS, (32,))
    pos_item = torch.multinomial(liked[user].float(), 1).squeeze(1)
    neg_item = torch.multinomial((~liked[user]).float(), 1).squeeze(1)
    loss = net(user, pos_item, neg_item)
    opt.zero_grad()
    loss.backward()
    opt.step()
