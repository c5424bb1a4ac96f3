# expect: nothing
"""A head that follows its embedding: it is copied anew after each step."""

import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, words=20, dim=8):
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.mixer = nn.GRU(dim, dim, batch_first=True)
        self.head = nn.Linear(dim, words, bias=False)

    def forward(self, x):
        return self.head(self.mixer(self.embedding(x))[0])


torch.manual_seed(0)
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.head.weight.data.copy_(model.embedding.weight.data)
for _ in range(5):
    text = torch.randint(0, 20, (8, 9))
    scores = model(text[:, :-1])
    optimizer.zero_grad()
    nn.functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten()).backward()
    optimizer.step()
    with torch.no_grad():
        model.head.weight.copy_(model.embedding.weight)
