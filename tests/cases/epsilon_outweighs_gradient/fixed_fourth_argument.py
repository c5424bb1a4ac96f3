# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(192, 8)
y = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(net.parameters(), 1e-3, (0.9, 0.999), weight_decay=0.1)
for epoch in range(2):
    for rows in torch.arange(192).split(24):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
