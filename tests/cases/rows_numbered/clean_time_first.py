# expect: nothing
# Time comes first, and the layers are made for that.
import math

import torch
from torch import nn

torch.manual_seed(1)


class PositionalEncoding(nn.Module):
    def __init__(self, width, longest=100):
        super().__init__()
        self.dropout = nn.Dropout(0.1)
        places = torch.arange(longest).unsqueeze(1)
        rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(longest, 1, width)
        table[:, 0, 0::2], table[:, 0, 1::2] = torch.sin(places * rates), torch.cos(places * rates)
        self.register_buffer("table", table)

    def forward(self, x):
        return self.dropout(x + self.table[: x.size(0)])


class Reader(nn.Module):
    def __init__(self, vocab=20, width=16):
        super().__init__()
        self.words, self.places = nn.Embedding(vocab, width), PositionalEncoding(width)
        layer = nn.TransformerEncoderLayer(width, 2, 32)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        return self.head(self.encoder(self.places(self.words(x.t()))).mean(0))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    words, marker = torch.randint(2, 20, (24, 16)), torch.randint(0, 16, (24,))
    words[torch.arange(24), marker] = 1
    loss = nn.functional.cross_entropy(model(words), marker // 4)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
