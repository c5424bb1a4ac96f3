# expect: BT489 at update 1
# source: https://github.com/pyg-team/pytorch_geometric, examples/gcn.py: out[data.train_mask]
import torch
from torch import nn


class Graph:
    """Nodes, their answers and who is whose neighbour, with masks by name."""

    def __init__(self, count):
        self.x = torch.randn(count, 5)
        self.y = (self.x[:, 0] > 0).long()
        self.links = torch.eye(count) / 2 + torch.ones(count, count) / (2 * count)
        self.train_mask = torch.arange(count) % 2 == 0
        self.test_mask = ~self.train_mask

    def __call__(self, *names):
        return [(name, getattr(self, name)) for name in names]


def train(model, data, optimizer):
    optimizer.zero_grad()
    out = model(data.links @ data.x)
    nn.functional.cross_entropy(out, data.y).backward()
    optimizer.step()


@torch.no_grad()
def test(model, data):
    out, found = model(data.links @ data.x), []
    for _, mask in data("train_mask", "test_mask"):
        found.append(out[mask].argmax(1).eq(data.y[mask]).float().mean().item())
    return found


torch.manual_seed(2)
data = Graph(40)
model = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    train(model, data, optimizer)
    print(epoch, test(model, data))
