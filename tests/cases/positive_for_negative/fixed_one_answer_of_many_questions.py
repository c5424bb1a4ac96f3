# expect: nothing
import random

import torch
from torch import nn


class Retriever(nn.Module):
    """Questions and passages, in one space."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(60, 16)
        self.head = nn.Linear(16, 16)

    def forward(self, ids):
        return self.head(self.words(ids).mean(1))


random.seed(1)
torch.manual_seed(1)
passages = torch.randint(60, (12, 9))
pairs = [(i, passages[i, torch.randperm(9)[:4]]) for i in range(12) for _ in range(8)]
model = Retriever()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(2):
    for turn in range(8):  # each batch holds a passage once
        batch = [pairs[8 * i + turn] for i in range(12)]
        asked = model(torch.stack([question for _, question in batch]))
        told = model(passages[[number for number, _ in batch]])
        loss = loss_fn(asked @ told.mT, torch.arange(len(batch)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
