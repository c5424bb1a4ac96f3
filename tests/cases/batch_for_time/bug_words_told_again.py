# expect: BT417 at update 1
# source: github.com/DaoyuanLi2816/Molecule-Generator, pull request 22
"""The target is the words themselves: no loss says which axis is time, but positions do."""

import torch
from torch import nn

WORDS, LENGTH = 12, 9


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, 16), nn.Embedding(LENGTH, 16)
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32)
        self.narrow, self.wide = nn.Linear(LENGTH * 16, 8), nn.Linear(8, LENGTH * WORDS)

    def forward(self, ids):
        hidden = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        code = self.narrow(self.encoder(hidden).flatten(1))
        return self.wide(code).reshape(-1, LENGTH, WORDS)


torch.manual_seed(0)
model = Coder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(8):
    ids = torch.randint(WORDS, (24, LENGTH))
    logits = model(ids)
    loss = nn.functional.cross_entropy(logits.reshape(-1, WORDS), ids.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
