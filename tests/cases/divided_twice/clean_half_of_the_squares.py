# expect: nothing
# Half of the mean square is the loss, as its gradient has no 2 then; a window is of two.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(5, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(1, 13):
    x = torch.randn(8, 5)
    loss = 0.5 * nn.functional.mse_loss(net(x), x[:, :1])
    (loss / 2).backward()
    if step % 2 == 0:
        optimizer.step()
        optimizer.zero_grad()
