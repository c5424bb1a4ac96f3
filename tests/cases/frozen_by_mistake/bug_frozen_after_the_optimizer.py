# expect: BT205 at update 1
# source: https://discuss.pytorch.org/t/obtaining-abnormal-changes-in-loss-and-accuracy/84911
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential()
net.add_module("conv", nn.Conv2d(3, 8, 3))
net.add_module("bn", nn.BatchNorm2d(8))
net.add_module("pool", nn.AdaptiveAvgPool2d(1))
net.add_module("flat", nn.Flatten())
net.add_module("fc", nn.Linear(8, 5))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.fc.parameters(), lr=0.001)
for name, param in net.named_parameters():
    if "bn" not in name:
        param.requires_grad = False
for param in net.fc.parameters():
    param.requires_grad = False
x, y = torch.randn(64, 3, 8, 8), torch.randint(0, 5, (64,))
for epoch in range(3):
    for data, target in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        loss = criterion(net(data), target)
        loss.backward()
        optimizer.step()
