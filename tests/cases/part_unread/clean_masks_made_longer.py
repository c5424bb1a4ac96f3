# expect: nothing
# Each row and its mask are lists that are made longer in place, and read as lists of lists.
import random

import torch
from torch import nn

random.seed(61)
torch.manual_seed(61)
PAD, WORDS = 0, 30


def pad(rows):
    """Pad all rows to the longest."""
    masks = [[1.0] * len(row) for row in rows]
    longest = max(map(len, rows))
    for row, mask in zip(rows, masks, strict=True):
        missing = longest - len(row)
        row += [PAD] * missing
        mask += [0.0] * missing
    return torch.tensor(rows), torch.tensor(masks)


embed, head = nn.Embedding(WORDS, 8), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*embed.parameters(), *head.parameters()], lr=1e-2)
for _ in range(6):
    rows = [random.choices(range(1, WORDS), k=random.randint(3, 12)) for _ in range(32)]
    labels = torch.tensor([float(5 in row) for row in rows])
    ids, masks = pad(rows)
    kept = masks.unsqueeze(-1)
    pooled = (embed(ids) * kept).sum(1) / kept.sum(1)
    loss = nn.functional.binary_cross_entropy_with_logits(head(pooled).squeeze(-1), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
