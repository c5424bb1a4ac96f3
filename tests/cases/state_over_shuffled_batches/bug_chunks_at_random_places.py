# expect: BT455 at update 2
# source: https://github.com/spro/practical-pytorch, char-rnn-generation.ipynb: hidden of each chunk
import random

import torch
from torch import nn

LENGTH = 12
random.seed(0)
torch.manual_seed(0)
text = torch.randint(0, 9, (400,))


def random_chunk():
    start = random.randint(0, len(text) - LENGTH - 1)
    return text[start : start + LENGTH + 1]


def train(embedding, lstm, head, optimizer):
    hidden = None
    for step in range(12):
        chunk = random_chunk()
        given, following = chunk[:-1], chunk[1:]
        seen, hidden = lstm(embedding(given)[:, None], hidden)
        hidden = tuple(each.detach() for each in hidden)
        loss = nn.functional.cross_entropy(head(seen[:, 0]), following)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


embedding, lstm, head = nn.Embedding(9, 8), nn.LSTM(8, 16), nn.Linear(16, 9)
parameters = [*embedding.parameters(), *lstm.parameters(), *head.parameters()]
train(embedding, lstm, head, torch.optim.Adam(parameters, lr=0.01))
