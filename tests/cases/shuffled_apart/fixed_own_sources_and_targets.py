# expect: nothing
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __init__(self, sources, targets):
        self.sources, self.targets = sources, targets

    def reshuffle(self):
        order = random.sample(range(len(self.sources)), len(self.sources))
        self.sources = [self.sources[i] for i in order]
        self.targets = [self.targets[i] for i in order]

    def __len__(self):
        return len(self.sources)

    def __getitem__(self, k):
        return self.sources[k], self.targets[k]


random.seed(0)
torch.manual_seed(0)
key = torch.randperm(12)
sources = [torch.randint(0, 12, (6,)) for _ in range(80)]
data = Pairs(sources, [key[each] for each in sources])
data.reshuffle()
model = nn.Sequential(nn.Embedding(12, 16), nn.Linear(16, 12))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for s, t in DataLoader(data, batch_size=20):
        scores = model(s)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), t.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
