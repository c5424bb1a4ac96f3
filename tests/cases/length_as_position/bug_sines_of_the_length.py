# expect: BT556 at update 1
# line: self.pe[:, x.shape[1], :]
# source: https://github.com/DiffPoseTalk/DiffPoseTalk/issues/20
# Of two marks in a row of tokens it is asked which comes first.
import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=600):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, x):
        x = x + self.pe[:, x.shape[1], :]
        return self.dropout(x)


class OrderClassifier(nn.Module):
    def __init__(self, d_model=16):
        super().__init__()
        self.embed = nn.Embedding(30, d_model)
        self.places = PositionalEncoding(d_model)
        layer = nn.TransformerEncoderLayer(d_model, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=1)
        self.head = nn.Linear(d_model, 2)

    def forward(self, tokens):
        x = self.places(self.embed(tokens))
        return self.head(self.encoder(x).mean(dim=1))


torch.manual_seed(0)
model = OrderClassifier()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    tokens, label = torch.randint(0, 28, (24, 12)), torch.randint(2, (24,))
    places = torch.stack([torch.randperm(12)[:2].sort().values for _ in range(24)])
    marks = torch.where(label[:, None] == 1, torch.tensor([28, 29]), torch.tensor([29, 28]))
    loss = nn.functional.cross_entropy(model(tokens.scatter(1, places, marks)), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
