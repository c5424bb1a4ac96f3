# expect: nothing
# The loss of each row is taken, and those of the training are averaged.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(6, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(40, 6)
labels = (x[:, 0] > 0).long()
train_mask = torch.arange(40) < 25
test_mask = ~train_mask
for _ in range(6):
    optimizer.zero_grad()
    losses = nn.functional.cross_entropy(net(x), labels, reduction="none")
    losses[train_mask].mean().backward()
    optimizer.step()
    with torch.no_grad():
        right = (net(x).argmax(1)[test_mask] == labels[test_mask]).float().mean()
print(right.item())
