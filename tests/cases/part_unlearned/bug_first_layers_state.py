# expect: BT602 at update 3
# line: state = state[0, :, :]
# source: github.com/tejaslodaya/timeseries-clustering-vae, issue 3
import torch
from torch import nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.rnn = nn.GRU(inputs, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        _, state = self.rnn(x)
        state = state[0, :, :]
        return self.head(state)


model = Encoder(3, 8, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(24, 6, 3)
y = x[:, -3:].mean(1)[:, :2]
for epoch in range(8):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
