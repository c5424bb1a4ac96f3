"""Ratings from the product of a user's and an item's factors, held small, and a bias of each."""

import torch
import torch.nn.functional as F
from torch import nn

USERS, ITEMS = 40, 30


class Factors(nn.Module):
    def __init__(self, mean):
        super().__init__()
        self.users, self.items = nn.Embedding(USERS, 4), nn.Embedding(ITEMS, 4)
        self.user_bias, self.item_bias = nn.Embedding(USERS, 1), nn.Embedding(ITEMS, 1)
        self.mean = nn.Parameter(mean.clone())
        for table in (self.users, self.items):
            nn.init.normal_(table.weight, std=0.1)
        for table in (self.user_bias, self.item_bias):
            nn.init.zeros_(table.weight)

    def forward(self, user, item):
        match = (self.users(user) * self.items(item)).sum(1)
        bias = self.user_bias(user) + self.item_bias(item)
        return self.mean + bias.squeeze(1) + match


torch.manual_seed(0)
user, item = torch.randint(0, USERS, (900,)), torch.randint(0, ITEMS, (900,))
taste, kind = torch.randn(USERS, 2), torch.randn(ITEMS, 2)
ratings = 3 + (taste[user] * kind[item]).sum(1) + 0.3 * torch.randn(ITEMS)[item]
model = Factors(ratings[:800].mean())
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(12):
    for rows in torch.randperm(800).split(80):
        loss = F.mse_loss(model(user[rows], item[rows]), ratings[rows])
        for table in (model.users, model.items):
            loss = loss + 2e-4 * table.weight.pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    held_back = F.mse_loss(model(user[800:], item[800:]), ratings[800:])
