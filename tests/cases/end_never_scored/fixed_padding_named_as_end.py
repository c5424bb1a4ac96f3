# expect: nothing
import random

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class Tokens:
    bos_token_id, eos_token_id, pad_token_id = 1, 2, 0


random.seed(0)
torch.manual_seed(0)
tokens = Tokens()


def collate(words):
    texts = [[tokens.bos_token_id, *word, tokens.eos_token_id] for word in words]
    ids = pad_sequence([torch.tensor(text) for text in texts], True, tokens.pad_token_id)
    labels = ids.clone()
    labels[labels == tokens.pad_token_id] = -100
    return ids[:, :-1], labels[:, 1:]


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.rnn = nn.GRU(8, 8, batch_first=True)
        self.head = nn.Linear(8, 20)

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0])


model = Writer()
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    lengths = [3, 4, 6, 8]
    ids, labels = collate([[random.randrange(3, 20) for _ in range(n)] for n in lengths])
    loss = loss_fn(model(ids).transpose(1, 2), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
