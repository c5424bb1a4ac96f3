# expect: nothing
# A sum is divided by the rows of a batch, which are as many as the batches of a window.
import torch
from torch import nn

torch.manual_seed(0)
rows = accumulate = 4
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(1, 17):
    x = torch.randn(rows, 5)
    loss = nn.functional.mse_loss(net(x), x[:, :1], reduction="sum") / rows
    (loss / accumulate).backward()
    if step % accumulate == 0:
        optimizer.step()
        optimizer.zero_grad()
