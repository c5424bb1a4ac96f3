# expect: nothing
import torch
from torch import nn


class TextModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 8)
        self.project = nn.Linear(8, 8)
        self.output = nn.Linear(8, 2)

    def encode(self, tokens):
        return torch.tanh(self.project(self.embedding(tokens))).mean(dim=1)

    def forward(self, tokens):
        return self.output(self.encode(tokens))


torch.manual_seed(0)
model = TextModel()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(4):
    tokens = torch.randint(0, 30, (8, 5))
    loss = nn.functional.cross_entropy(model(tokens), (tokens.sum(1) % 2))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
