# expect: nothing
"""A table that begins with large random numbers is worse than a constant at first, and learns."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Biases(nn.Module):
    def __init__(self, users, items):
        super().__init__()
        self.user, self.item = nn.Embedding(users, 1), nn.Embedding(items, 1)

    def forward(self, pair):
        return (self.user(pair[:, 0]) + self.item(pair[:, 1])).squeeze(1)


torch.manual_seed(8)
pairs = torch.stack([torch.randint(60, (18000,)), torch.randint(80, (18000,))], 1)
worth = torch.randn(80)[pairs[:, 1]]
liked = (worth + torch.randn(18000) > 0).float()
model = Biases(60, 80)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
criterion = nn.BCEWithLogitsLoss()
for pair, y in DataLoader(TensorDataset(pairs, liked), batch_size=120, shuffle=True):
    optimizer.zero_grad()
    criterion(model(pair), y).backward()
    optimizer.step()
