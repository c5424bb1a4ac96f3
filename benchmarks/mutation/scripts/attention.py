"""Next tokens from attention in heads; what is padding is left out of the loss."""

import torch
import torch.nn.functional as F
from torch import nn

PAD, VOCAB, WIDTH, HEADS = 0, 20, 16, 4


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.value, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)

    def split(self, x):
        b, length, _ = x.shape
        return x.view(b, length, HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x):
        b, length, _ = x.shape
        query, key = self.split(self.query(x)), self.split(self.key(x))
        value = self.split(self.value(x))
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        scores = query @ key.transpose(-2, -1) / 2
        weights = scores.masked_fill(future, float("-inf")).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).reshape(b, length, WIDTH))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH, padding_idx=PAD)
        self.blocks = nn.ModuleList([Attention() for _ in range(2)])
        self.head = nn.Linear(WIDTH, VOCAB)

    def forward(self, tokens):
        x = self.embed(tokens)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


torch.manual_seed(0)
texts = torch.full((160, 14), PAD)
for row in texts:
    length = int(torch.randint(4, 9, (1,)))
    row[:length] = (torch.arange(length) * 3 + int(torch.randint(1, 19, (1,)))) % 19 + 1
model = Decoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(4):
    for batch in texts[torch.randperm(160)].split(16):
        logits = model(batch[:, :-1])
        loss = F.cross_entropy(logits.transpose(1, 2), batch[:, 1:], ignore_index=PAD)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
