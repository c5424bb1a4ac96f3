# expect: nothing
"""A head of the embedding's shape, layers that are copies of one, and a target that is a copy."""

import copy

import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, words=20, dim=8):
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.mixer = nn.GRU(dim, dim, batch_first=True)
        layer = nn.TransformerEncoderLayer(dim, 2, 16, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(dim, words, bias=False)

    def forward(self, x):
        return self.head(self.layers(self.mixer(self.embedding(x))[0]))


torch.manual_seed(0)
model = Model()
target = copy.deepcopy(model).requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(5):
    text = torch.randint(0, 20, (8, 9))
    scores = model(text[:, :-1])
    wanted = target(text[:, :-1])
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten())
    loss = loss + 0.1 * nn.functional.mse_loss(scores, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for old, new in zip(target.parameters(), model.parameters(), strict=True):
            old.lerp_(new, 0.01)
