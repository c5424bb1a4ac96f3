# expect: nothing
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Split(Dataset):
    """The rows of a split, which is drawn once."""

    def __init__(self, rows):
        self.rng = np.random.default_rng(0)
        self.rows = rows[self.rng.permutation(len(rows))[:16]]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index], self.rows[index].sum()


torch.manual_seed(0)
loader = DataLoader(Split(torch.randn(24, 3)), batch_size=8, num_workers=1)
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x).squeeze(1), y).backward()
    optimizer.step()
