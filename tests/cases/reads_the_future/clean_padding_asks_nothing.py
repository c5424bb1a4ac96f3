# expect: nothing
"""A causal mask that leaves nothing to places of padding: their softmax weighs all alike."""

import math

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)

    def forward(self, x, mask):
        query, key, value = self.qkv(x).chunk(3, dim=-1)
        scores = query @ key.transpose(1, 2) / math.sqrt(x.shape[-1])
        return scores.masked_fill(~mask, -10000.0).softmax(-1) @ value


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16, padding_idx=0)
        self.places = nn.Embedding(8, 16)
        self.attention = Attention(16)
        self.head = nn.Linear(16, 20)

    def forward(self, ids):
        length = ids.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).tril() & (ids != 0).unsqueeze(2)
        hidden = self.embedding(ids) + self.places(torch.arange(length))
        return self.head(hidden + self.attention(hidden, mask))


model = Decoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    ids = torch.randint(1, 20, (6, 9))
    for row, length in enumerate((9, 8, 6, 5, 4, 4)):
        ids[row, length:] = 0
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
