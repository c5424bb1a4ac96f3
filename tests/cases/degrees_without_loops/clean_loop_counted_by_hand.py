# expect: nothing
"""A function returns the normalised adjacency, by degrees to which the loop is added."""

import numpy as np
import torch
from torch import nn


def normalise(adj):
    adj_tilde = adj + np.eye(adj.shape[0])
    degree = np.array(adj.sum(axis=1)) + 1
    d_inv_sqrt = np.power(degree, -0.5)
    d_inv_sqrt[np.isinf(d_inv_sqrt)] = 0.0
    scale = np.diag(d_inv_sqrt)
    return scale @ adj_tilde @ scale


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
