# expect: nothing
# What the output layer is given is scaled down: the first loss is that of a guess.
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, words=60, dim=64):
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.mixer = nn.GRU(dim, dim, batch_first=True)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, words, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        given = self.norm(self.mixer(self.embedding(x))[0])
        return self.head(given * given.shape[-1] ** -0.5)


torch.manual_seed(0)
model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(6):
    text = (torch.randint(0, 60, (8, 1)) + 7 * torch.arange(13)) % 60
    scores = model(text[:, :-1])
    optimizer.zero_grad()
    nn.functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten()).backward()
    optimizer.step()
