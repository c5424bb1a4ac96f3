# expect: nothing
import itertools

import torch
from torch import nn


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(4, 3)
        self.experts = [nn.Linear(4, 2) for _ in range(3)]

    def all_parameters(self):
        return itertools.chain(self.parameters(), *(e.parameters() for e in self.experts))

    def forward(self, x):
        weight = self.gate(x).softmax(-1).unsqueeze(1)
        return (torch.stack([e(x) for e in self.experts], -1) * weight).sum(-1)


torch.manual_seed(0)
net = Experts()
optimizer = torch.optim.SGD(net.all_parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(10, 4)
    loss = nn.functional.mse_loss(net(x), x[:, :2].abs())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
