# expect: nothing
"""A recurrent decoder asks an encoder's places: as many as its own, and none of them its answer."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
LETTERS, LENGTH = 14, 9


class Reader(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.source, self.target = nn.Embedding(LETTERS, size), nn.Embedding(LETTERS, size)
        self.encoder = nn.GRU(size, size, batch_first=True)
        self.decoder = nn.GRU(size, size, batch_first=True)
        self.out = nn.Linear(2 * size, LETTERS)

    def forward(self, source, target):
        places, state = self.encoder(self.source(source))
        said, _ = self.decoder(self.target(target), state)
        weights = torch.softmax(said @ places.transpose(1, 2) / places.shape[-1] ** 0.5, dim=-1)
        return self.out(torch.cat([said, weights @ places], dim=-1))


model = Reader(24)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for update in range(10):
    source = torch.randint(1, LETTERS, (16, LENGTH))
    told = F.pad(source.flip(1), (1, 0))  # begins with a start
    logits = model(source, told[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), told[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
