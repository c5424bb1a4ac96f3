# expect: nothing
# steps: none, because the one window is still open when the script ends
"""The last window of an accumulation is still open when the script ends."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(7):
    x = torch.randn(4, 5)
    loss = nn.functional.mse_loss(net(x), x[:, :1]) / 8
    loss.backward()
    if (i + 1) % 8 == 0:
        optimizer.step()
        optimizer.zero_grad()
