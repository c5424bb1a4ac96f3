# expect: nothing
"""A matrix of ones that scales, biases at zero, and an embedding that begins at zero."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.place = nn.Embedding(6, 8)
        self.scale = nn.Parameter(torch.ones(6, 8))
        self.inner = nn.Linear(8, 8)
        self.head = nn.Linear(8, 1)
        nn.init.zeros_(self.place.weight)
        nn.init.zeros_(self.inner.bias)

    def forward(self, x):
        x = x * self.scale + self.place(torch.arange(6))
        return self.head(torch.relu(self.inner(x)).mean(1))


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(6):
    x = torch.randn(16, 6, 8)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, 0, :1]).backward()
    optimizer.step()
