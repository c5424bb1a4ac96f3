# expect: nothing
"""A linear probe: the optimizer is given the head, and the body is left as it was trained."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        return self.head(self.backbone(x))


torch.manual_seed(0)
model = Classifier()
optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
for _ in range(4):
    x, y = torch.randn(12, 10), torch.randint(3, (12,))
    model.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
