# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
series = torch.randn(12, 3)
for _ in range(4):
    smoothed, level = [], torch.zeros(3)
    for value in series:
        level = 0.1 * value + 0.9 * level
        smoothed.append(level)
    last_first = [float(row.sum()) for row in reversed(smoothed)]
    loss = (net(torch.stack(smoothed)[::1]) - torch.tensor(last_first[::-1])[:, None]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
