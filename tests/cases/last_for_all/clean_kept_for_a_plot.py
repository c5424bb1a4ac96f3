# expect: nothing
"""A list is kept to look at later, and the newest of what it holds is told with a mean."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 5)
y = (x[:, 0] > 0).long()
net = nn.Linear(5, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    losses, norms = [], []
    for rows, targets in zip(x.split(16), y.split(16)):
        loss = nn.functional.cross_entropy(net(rows), targets)
        optimizer.zero_grad()
        loss.backward()
        norm = net.weight.grad.norm().item()
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm)
    print(f"loss {sum(losses) / len(losses):.4f}, gradient at last {norm:.4f}")
