# expect: nothing
# source: github.com/ariecattan/SciCo, issue 2
# The model gives scores in both modes.
import torch
import torch.nn.functional as F
from torch import nn


class Marker(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 1))

    def forward(self, x):
        return self.layers(x)


def evaluate(model, batches):
    model.eval()
    with torch.no_grad():
        losses = [F.cross_entropy(model(x), y) for x, y in batches]
    return sum(losses) / len(losses)


def make(rows):
    x = torch.randn(rows, 1, 8, 8)
    return x, (x[:, 0] > -0.4).long() + (x[:, 0] > 0.4).long()


torch.manual_seed(0)
model = Marker()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
held = [make(8), make(8)]
for _ in range(3):
    model.train()
    for _ in range(4):
        x, y = make(16)
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    print(evaluate(model, held))
