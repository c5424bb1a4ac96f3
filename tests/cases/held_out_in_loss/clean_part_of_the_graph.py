# expect: nothing
# What is trained on is a part of the graph, which the function knows by the same name.
from types import SimpleNamespace

import torch
from torch import nn


def part_of(data, rows):
    return SimpleNamespace(x=data.x[rows], y=data.y[rows])


def train(model, data, optimizer):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(data.x), data.y)
    loss.backward()
    optimizer.step()


@torch.no_grad()
def test(model, data, mask):
    return (model(data.x)[mask].argmax(1) == data.y[mask]).float().mean().item()


torch.manual_seed(4)
x = torch.randn(40, 5)
train_mask = torch.arange(40) % 2 == 0
data = SimpleNamespace(x=x, y=x[:, :3].argmax(1), test_mask=~train_mask)
known = part_of(data, train_mask)
model = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    train(model, known, optimizer)
    print(epoch, test(model, data, data.test_mask))
