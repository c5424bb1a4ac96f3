# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
history, losses = [], []
for epoch in range(3):
    for _ in range(2):
        x = torch.randn(8, 2)
        loss = (net(x) - x[:, :1]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    history.append(losses[:])
    losses.clear()
