# expect: nothing
"""Few of the classes a batch, side by side, as a sampler for triplets draws them; and episodes."""

import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
random.seed(0)
labels = torch.arange(20).repeat_interleave(30)
centres = torch.randn(20, 16)
data = TensorDataset(centres[labels] + torch.randn(600, 16), labels)


class ClassesOfEach:
    def __iter__(self):
        order = random.sample(range(20), 20)
        for i in range(0, 20, 4):
            for kind in sorted(order[i : i + 4]):
                yield from random.sample(range(30 * kind, 30 * kind + 30), 8)

    def __len__(self):
        return 160


net = nn.Linear(16, 20)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(4):
    for x, y in DataLoader(data, batch_size=32, sampler=ClassesOfEach()):
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
embed = nn.Linear(16, 8)
optimizer = torch.optim.Adam(embed.parameters(), lr=1e-2)
for _ in range(20):
    ways = centres[torch.randperm(20)[:5]]
    support = embed(ways.repeat_interleave(3, 0) + torch.randn(15, 16)).reshape(5, 3, 8).mean(1)
    query = embed(ways.repeat_interleave(4, 0) + torch.randn(20, 16))
    loss = F.cross_entropy(-torch.cdist(query, support), torch.arange(5).repeat_interleave(4))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
