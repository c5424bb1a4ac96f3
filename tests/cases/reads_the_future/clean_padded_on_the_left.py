# expect: nothing
"""Padding before the sequence, and both masks added: a place of padding is left the least hidden."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16, padding_idx=0)
        self.query, self.key, self.value = (nn.Linear(16, 16) for _ in range(3))
        self.head = nn.Linear(16, 20)

    def forward(self, ids):
        length = ids.shape[1]
        later = torch.ones(length, length).triu(1) * -10000.0
        padding = (ids == 0).float().unsqueeze(1) * -10000.0
        x = self.embedding(ids)
        scores = self.query(x) @ self.key(x).transpose(1, 2) / 4
        weights = F.softmax(scores + later + padding, dim=-1)
        return self.head(x + weights @ self.value(x))


model = Decoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    ids = torch.randint(1, 20, (6, 9))
    for row, padding in enumerate((0, 1, 2, 2, 3, 5)):
        ids[row, :padding] = 0
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, 20), ids[:, 1:].reshape(-1), ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
