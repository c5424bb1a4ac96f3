# expect: nothing
"""Windows (N, T) of a series are transposed to (T, N, 1) for a recurrent layer that has time first."""

import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1]).squeeze(-1)


torch.manual_seed(0)
series = torch.sin(torch.arange(90) / 3) + 0.1 * torch.randn(90)
windows = torch.stack([series[i : i + 10] for i in range(80)])
answers = series[10:]
inputs = windows.t().unsqueeze(-1)
net = Forecaster()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(6):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(inputs), answers).backward()
    optimizer.step()
