# expect: nothing
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words=10, dim=6):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.mix = nn.Linear(dim, dim)
        self.decode = nn.Linear(dim, words, bias=False)
        self.tie()

    def tie(self):
        self.decode.weight = self.embed.weight

    def forward(self, ids):
        return self.decode(torch.relu(self.mix(self.embed(ids))))


def train(model, updates):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(updates):
        ids = torch.randint(10, (4, 5))
        loss = nn.functional.cross_entropy(model(ids).flatten(0, 1), ids.roll(1, 1).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
model = Tagger()
train(model, 2)
vectors = torch.randn(10, 6)  # better ones came in
model.embed.weight = nn.Parameter(vectors)
model.tie()
train(model, 3)
