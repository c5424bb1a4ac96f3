# expect: nothing
"""What an LSTM returns can say numbers between -1 and 1, and a larger one now and then is noise."""

import torch
from torch import nn

torch.manual_seed(0)
series = torch.rand(64, 6, 2) * 1.8 - 0.9
series[:3, 0] *= 2
net = nn.LSTM(2, 2, batch_first=True)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.arange(64).split(4):
        states, _ = net(series[rows])
        loss = nn.functional.mse_loss(states, series[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
