# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(4, 8, 3, padding=1), nn.BatchNorm2d(8), nn.LeakyReLU(), nn.Conv2d(8, 3, 1)
)
noise = torch.rand(1, 4, 12, 12)
picture = torch.rand(1, 3, 12, 12)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(5):
    optimizer.zero_grad()
    loss = ((torch.sigmoid(net(noise)) - picture) ** 2).mean()
    loss.backward()
    optimizer.step()
