# expect: nothing
"""Padded texts with one label each, and targets that differ where the input is padded."""

import torch
from torch import nn

torch.manual_seed(0)
embed, head, tags = nn.Embedding(12, 8, padding_idx=0), nn.Linear(8, 3), nn.Linear(8, 4)
modules = nn.ModuleList([embed, head, tags])
optimizer = torch.optim.Adam(modules.parameters(), lr=1e-2)
for _ in range(5):
    ids = torch.randint(1, 12, (16, 10))
    for row in ids:
        row[int(torch.randint(4, 9, (1,))) :] = 0
    hidden = embed(ids)
    loss = nn.functional.cross_entropy(head(hidden.mean(1)), ids[:, 0] % 3)
    marks = torch.where(ids > 0, ids % 4, -100)
    loss = loss + nn.functional.cross_entropy(tags(hidden).flatten(0, 1), marks.flatten())
    delayed = torch.arange(160).reshape(16, 10) % 4
    loss = loss + nn.functional.cross_entropy(tags(hidden).transpose(1, 2), delayed)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
