# expect: nothing
"""The gates of a recurrent layer that has learned to keep are shut or open."""

import torch
from torch import nn

torch.manual_seed(0)


class Last(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Last()
with torch.no_grad():
    model.rnn.weight_ih_l0.mul_(30)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(16, 12, 4)
    loss = nn.functional.cross_entropy(model(x), (x[:, -1, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
