# expect: nothing
import random

import torch
from torch import nn

END, PAD = 1, 0


class Config:
    def __init__(self, size, eos_token_id, pad_token_id):
        self.size, self.eos_token_id, self.pad_token_id = size, eos_token_id, pad_token_id


class Writer(nn.Module):
    """The next word, by those before."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.size, 8)
        self.rnn = nn.GRU(8, 8, batch_first=True)
        self.head = nn.Linear(8, config.size)

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0])


def collate(texts):
    width = max(len(text) for text in texts)
    ids = torch.tensor([text + [PAD] * (width - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
    return ids, ids.masked_fill(ids == PAD, -100)


random.seed(0)
torch.manual_seed(0)
model = Writer(Config(12, END, PAD))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(5):
    texts = [[random.randint(2, 11) for _ in range(random.randint(3, 9))] for _ in range(8)]
    ids, labels = collate([[*text, END] for text in texts])
    logits = model(ids)[:, :-1]
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
