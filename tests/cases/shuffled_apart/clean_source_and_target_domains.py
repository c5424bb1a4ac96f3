# expect: nothing
# Two domains: labels are of the source alone, and features of the two are made alike in the mean.
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Domains(Dataset):
    def __init__(self, source, target):
        self.source, self.target = source, target

    def reshuffle(self):
        random.shuffle(self.source)
        random.shuffle(self.target)

    def __len__(self):
        return len(self.source)

    def __getitem__(self, k):
        return self.source[k], self.target[k]


random.seed(0)
torch.manual_seed(0)
rows = [torch.randn(6) for _ in range(80)]
data = Domains([(row, int(row[0] > 0)) for row in rows], [torch.randn(6) + 0.5 for _ in range(80)])
features, head = nn.Sequential(nn.Linear(6, 16), nn.ReLU()), nn.Linear(16, 2)
optimizer = torch.optim.Adam([*features.parameters(), *head.parameters()], lr=1e-2)
for epoch in range(3):
    data.reshuffle()
    for labelled, t in DataLoader(data, batch_size=20):
        s, y = labelled
        of_source, of_target = features(s), features(t)
        apart = nn.functional.mse_loss(of_source.mean(0), of_target.mean(0))
        loss = nn.functional.cross_entropy(head(of_source), y) + 0.1 * apart
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
