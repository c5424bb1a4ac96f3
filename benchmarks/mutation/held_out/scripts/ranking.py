"""Factors of users and songs such that a song that was played ranks above one that was not."""

import torch
import torch.nn.functional as F
from torch import nn

USERS, SONGS = 40, 50


class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
        self.users, self.songs = nn.Embedding(USERS, 6), nn.Embedding(SONGS, 6)
        self.fame = nn.Embedding(SONGS, 1)
        nn.init.normal_(self.users.weight, std=0.1)
        nn.init.normal_(self.songs.weight, std=0.1)
        nn.init.zeros_(self.fame.weight)

    def forward(self, user, song):
        return (self.users(user) * self.songs(song)).sum(1) + self.fame(song).squeeze(1)


torch.manual_seed(0)
taste = torch.randn(USERS, 3) @ torch.randn(3, SONGS)
played = taste + 0.3 * torch.randn(USERS, SONGS) > 1.5
user, song = played.nonzero(as_tuple=True)
model = Ranker()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2, weight_decay=1e-5)
for epoch in range(10):
    for rows in torch.randperm(len(user)).split(64):
        who, liked = user[rows], song[rows]
        other = torch.multinomial((~played[who]).float(), 1).squeeze(1)
        ahead = model(who, liked) - model(who, other)
        loss = -F.logsigmoid(ahead).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
