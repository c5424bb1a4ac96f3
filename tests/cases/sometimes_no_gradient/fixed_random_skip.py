# expect: nothing
# A block that is skipped by the toss of a coin, in training as in evaluation.
import random

import torch
from torch import nn

random.seed(1)
torch.manual_seed(5)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(6, 8)
        self.block = nn.Linear(8, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = x + torch.relu(self.block(x))
        return self.head(x)


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for x in torch.randn(6, 10, 6):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x.mean(1) > 0).long()).backward()
    optimizer.step()
