# expect: BT480 at update 1
# source: torch.nn.LSTM, PyTorch documentation: what it returns is o * tanh(c), from -1 to 1
import torch
from torch import nn


class Echo(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 2, batch_first=True)

    def forward(self, series):
        states, _ = self.rnn(series)
        return states


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
