# expect: BT230 at update 2
# source: https://github.com/rasbt/LLMs-from-scratch/issues/822
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
kept = {"embedding": torch.randn(20, 8)}
model.embedding.weight = nn.Parameter(kept["embedding"].clone())
model.head.weight = nn.Parameter(kept["embedding"].clone())
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for _ in range(5):
    text = torch.randint(0, 20, (8, 9))
    scores = model(text[:, :-1])
    optimizer.zero_grad()
    nn.functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten()).backward()
    optimizer.step()
