# expect: nothing
# source: "Using the Output Embedding to Improve Language Models", Press and Wolf, 2017: one matrix
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
model.head.weight = model.embedding.weight  # ties the weights
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    text = torch.randint(0, 20, (8, 9))
    scores = model(text[:, :-1])
    optimizer.zero_grad()
    nn.functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten()).backward()
    optimizer.step()
