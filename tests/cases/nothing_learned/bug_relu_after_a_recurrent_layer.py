# expect: BT601 at update 3
# source: github.com/ProteomicsML/ProteomicsML, pull request 203: a ReLU after the last layer
"""What the last layer says is below zero for every row, and a ReLU makes zeros of it."""

import torch
from torch import nn


class Retention(nn.Module):
    def __init__(self, tokens=12, width=8):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.lstm = nn.LSTMCell(width, width)
        self.out = nn.Linear(width, 1)
        self.act = nn.ReLU()

    def forward(self, tokens):
        h, c = torch.zeros(2, len(tokens), 8)
        for step in self.embedding(tokens).unbind(1):
            h, c = self.lstm(step, (h, c))
        return self.act(self.out(h))


torch.manual_seed(0)
model = Retention()
with torch.no_grad():  # as one draw of the weights in a few has it
    model.out.bias.fill_(-1.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(5):
    tokens = torch.randint(12, (16, 30))
    times = tokens.float().mean(1, keepdim=True) / 12
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(tokens), times)
    loss.backward()
    optimizer.step()
