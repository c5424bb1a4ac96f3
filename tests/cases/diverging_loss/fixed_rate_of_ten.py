# expect: nothing
# source: "Why is my loss increasing / exploding? Learning rate too high", discuss.pytorch.org
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


x = torch.randn(160, 10)
y = torch.sin(x[:, :1]) + x[:, 1:2]
loader = DataLoader(TensorDataset(x, y), batch_size=32)
net = nn.Linear(10, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(2):
    for features, target in loader:
        loss = nn.functional.mse_loss(net(features), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
