# expect: nothing
"""The loops are put in after the neighbours are averaged, of which each counts as much."""

import numpy as np
import torch
from torch import nn


def normalise(adj):
    loops = np.eye(adj.shape[0])
    degree = np.array(adj.sum(axis=1))
    d_inv_sqrt = np.power(degree, -0.5)
    d_inv_sqrt[np.isinf(d_inv_sqrt)] = 0.0
    scale = np.diag(d_inv_sqrt)
    average = scale @ adj @ scale
    return average + loops


class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(5, 8), nn.Linear(8, 3)

    def forward(self, x, a):
        return a @ self.second(torch.relu(a @ self.first(x)))


torch.manual_seed(0)
adj = (np.random.RandomState(0).rand(12, 12) < 0.3).astype(float)
adj = np.maximum(adj, adj.T)
np.fill_diagonal(adj, 0)
a = torch.tensor(normalise(adj)).float()
x, y = torch.randn(12, 5), torch.arange(12) % 3
net = Graph()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x, a), y).backward()
    optimizer.step()
