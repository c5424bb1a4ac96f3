# expect: nothing
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset


class Flipped(Dataset):
    """Signals, some of which are turned round when they are drawn."""

    def __init__(self, signals):
        self.signals = signals
        self.chance = random.Random(3)

    def __len__(self):
        return len(self.signals)

    def __getitem__(self, index):
        signal = self.signals[index]
        is_turned = self.chance.random() < 0.5
        return signal.flip(0) if is_turned else signal, signal.mean()


torch.manual_seed(1)
signals = torch.randn(20, 6)
loader = DataLoader(Subset(Flipped(signals), range(16)), batch_size=8)
net = nn.Linear(6, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(2):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x).squeeze(1), y).backward()
        optimizer.step()
