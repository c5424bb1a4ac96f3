# expect: nothing
# What is added up is divided by whoever asks for it; and what is counted right is a sum.
import torch
from torch import nn

torch.manual_seed(0)


class Meter:
    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, value):
        self.total += value.mean().item()
        self.count += 1

    def sum(self):
        return self.total


x = torch.randn(96, 5)
y = (x[:, 0] > 0).long()
batches = list(zip(x.split(12), y.split(12), strict=True))
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    meter, right, seen = Meter(), 0, 0
    for rows, labels in batches:
        said = model(rows)
        losses = nn.functional.cross_entropy(said, labels, reduction="none")
        optimizer.zero_grad()
        losses.mean().backward()
        optimizer.step()
        meter.add(losses.detach())
        right += (said.argmax(1) == labels).sum().item()
        seen += len(rows)
    print(f"loss {meter.sum() / len(batches):.3f}, {right} are right")
