# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 8, bidirectional=True, batch_first=True)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        _, hidden = self.rnn(x)
        return self.head(hidden.transpose(0, 1).flatten(1))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    x = torch.randn(12, 5, 4)
    loss = nn.functional.cross_entropy(model(x), x[:, -1, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
