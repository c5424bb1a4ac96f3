# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
x = torch.randn(24, 6)
label = x[:, :3].argmax(1)
for epoch in range(6):
    loss = torch.zeros(())
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x[:12]), label[:12])
    loss.backward()
    loss = nn.functional.cross_entropy(net(x[12:]), label[12:])
    loss.backward()
    optimizer.step()
    x = torch.roll(x, 1, 0)
    label = torch.roll(label, 1, 0)
