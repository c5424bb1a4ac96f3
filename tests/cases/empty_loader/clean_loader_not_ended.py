# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 10)
y = (x.sum(1) > 0).long()
train = DataLoader(TensorDataset(x[:80], y[:80]), batch_size=16, shuffle=True)
held_out = DataLoader(TensorDataset(x[80:], y[80:]), batch_size=16)
net = nn.Linear(10, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for rows, labels in train:
        loss = F.cross_entropy(net(rows), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
        break
    with torch.no_grad():
        right = sum((net(rows).argmax(1) == labels).sum() for rows, labels in held_out)
