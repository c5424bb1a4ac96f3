# expect: nothing
import torch
from torch import nn


class Echo(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 16, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, series):
        states, _ = self.rnn(series)
        return self.out(states)


torch.manual_seed(0)
series = torch.randn(64, 6, 2)
wanted = series.cumsum(1)
net = Echo()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(64).split(4):
        loss = nn.functional.mse_loss(net(series[rows]), wanted[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
