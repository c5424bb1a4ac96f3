# expect: nothing
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 12, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.head(states[:, -1])


torch.manual_seed(0)
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    x = torch.randn(20, 9, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0, 0] > 0).long()).backward()
    optimizer.step()
