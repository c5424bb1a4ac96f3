# expect: nothing
import torch
from torch import nn


class Batches:
    """Rows that are drawn anew for each pass."""

    def __init__(self, inputs, targets, size):
        self.inputs, self.targets, self.size = inputs, targets, size

    def __iter__(self):
        self.mix()
        for start in range(0, len(self.inputs), self.size):
            yield self.batch(slice(start, start + self.size))

    def mix(self):
        order = torch.randperm(len(self.inputs))
        self.inputs, self.targets = self.inputs[order], self.targets[order]

    def batch(self, rows):
        return self.inputs[rows], self.targets[rows]


torch.manual_seed(0)
x = torch.randn(96, 6)
batches = Batches(x, x[:, :2].sum(1, keepdim=True), 16)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows, wanted in batches:
        loss = nn.functional.mse_loss(model(rows), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
