# expect: nothing
import torch
from torch import nn


class Writer(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.rnn = nn.LSTM(width, width, batch_first=True)
        self.head = nn.Linear(width, words)

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0])


torch.manual_seed(3)
model = Writer(24, 12)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(4):
    ids = torch.randint(1, 24, (10, 12))
    lengths = torch.randint(4, 12, (10, 1))
    ids[torch.arange(12) >= lengths] = 0
    labels = ids[:, 1:].masked_fill(ids[:, 1:] == 0, -100)
    logits = model(ids[:, :-1])
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
