# expect: BT212 at update 1
# source: "Using the Output Embedding to Improve Language Models", Press and Wolf, 2017
import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, words=30, dim=16):
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.lstm = nn.LSTM(dim, dim, batch_first=True)
        self.output = nn.Linear(dim, words, bias=False)
        self.output.weight = self.embedding.weight

    def forward(self, x):
        return self.output(self.lstm(self.embedding(x))[0])


torch.manual_seed(0)
model = Model()
vectors = torch.randn(30, 16) * 0.1
model.embedding = nn.Embedding.from_pretrained(vectors, freeze=False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for i in range(5):
    text = torch.randint(0, 30, (8, 11))
    scores = model(text[:, :-1])
    loss = nn.functional.cross_entropy(scores.reshape(-1, 30), text[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
