# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
pages, page = [], []
for _ in range(4):
    for _ in range(3):
        page.append(torch.randn(3))
    pages.append(page)
    x = torch.stack([row for each in pages for row in each])
    loss = (net(x) - x[:, :1]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    pages.clear()
    page.clear()
