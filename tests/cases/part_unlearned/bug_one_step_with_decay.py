# expect: BT602 at update 3
# source: torch.nn.RNN, PyTorch documentation: the input is of (batch, steps, features)
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(30, 8, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        output, _ = self.rnn(x.reshape(len(x), 1, 30))
        return self.head(output[:, -1])


torch.manual_seed(0)
x = torch.randn(48, 6, 5)
y = x[:, 0, :3].argmax(1)
model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-3)
for epoch in range(4):
    for rows in torch.randperm(48).split(16):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
