# expect: nothing
"""Noise of another size at each look, and a loader whose epochs differ by chance."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Augmented(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row = self.rows[index] * (0.5 + torch.rand(1))
        return row + 0.3 * torch.randn(5), self.rows[index].sum()


torch.manual_seed(0)
loader = DataLoader(Augmented(torch.randn(32, 5)), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(6):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
