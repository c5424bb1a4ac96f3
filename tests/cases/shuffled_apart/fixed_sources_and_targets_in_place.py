# expect: nothing
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
key = torch.randperm(12)
src = [torch.randint(0, 12, (6,)) for _ in range(80)]
tgt = [key[each] for each in src]
model = nn.Sequential(nn.Embedding(12, 16), nn.Linear(16, 12))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    pairs = list(zip(src, tgt, strict=True))
    random.shuffle(pairs)
    for number, (s, t) in enumerate(pairs):
        loss = criterion(model(s), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
