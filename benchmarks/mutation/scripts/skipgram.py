"""Vectors of words from the company they keep: neighbours against words drawn at random."""

import torch
import torch.nn.functional as F
from torch import nn

TOPICS, WORDS, DRAWN = 5, 40, 4


class Vectors(nn.Module):
    def __init__(self):
        super().__init__()
        self.centre = nn.Embedding(WORDS, 12)
        self.around = nn.Embedding(WORDS, 12)
        nn.init.uniform_(self.centre.weight, -0.5, 0.5)
        nn.init.uniform_(self.around.weight, -0.5, 0.5)

    def forward(self, word, near):
        return (self.centre(word) * self.around(near)).sum(-1)


torch.manual_seed(0)
topic = torch.randint(0, TOPICS, (400,))
text = topic[:, None] + TOPICS * torch.randint(0, WORDS // TOPICS, (400, 8))
words, nears = text[:, :-1].flatten(), text[:, 1:].flatten()
model = Vectors()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(5):
    for rows in torch.randperm(len(words)).split(140):
        word, near = words[rows], nears[rows]
        others = torch.randint(0, WORDS, (len(rows), DRAWN))
        positive = model(word, near)
        negative = model(word[:, None], others)
        loss = -F.logsigmoid(positive).mean() - DRAWN * F.logsigmoid(-negative).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
