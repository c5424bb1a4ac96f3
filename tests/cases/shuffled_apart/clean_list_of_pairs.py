# expect: nothing
# A list of pairs is shuffled; the labels beside it are counted and no more.
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
data, labels = [], []
for at in range(48):
    label = at % 2
    data.append((torch.randn(4) + label, label))
    labels.append(label)
random.shuffle(data)
weight = torch.bincount(torch.tensor(labels)).float().reciprocal()
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for at in range(0, 48, 12):
        rows, wanted = zip(*data[at : at + 12], strict=True)
        said = model(torch.stack(rows))
        loss = nn.functional.cross_entropy(said, torch.tensor(wanted), weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
