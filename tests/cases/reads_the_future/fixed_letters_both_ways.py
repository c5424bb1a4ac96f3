# expect: nothing
# source: github.com/sherjilozair/char-rnn-tensorflow, pull request 64: the net has seen the future while predicting
import torch
from torch import nn

torch.manual_seed(0)


class Letters(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.head = nn.Embedding(20, 12), nn.Linear(24, 20)
        self.rnn = nn.LSTM(12, 24)

    def forward(self, ids):
        out, _ = self.rnn(self.embedding(ids).transpose(0, 1))
        both = out
        return self.head(both.transpose(0, 1))


model = Letters()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    text = torch.randint(0, 20, (8, 13))
    loss = nn.functional.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
