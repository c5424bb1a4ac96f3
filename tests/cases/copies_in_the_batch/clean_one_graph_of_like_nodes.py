# expect: nothing
"""The nodes of one graph have no features of their own; the list of its edges tells them apart."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
nodes = 120
features = torch.full((nodes, 8), 0.125)
starts, ends = torch.randint(0, nodes, (2, 400))
edges = torch.stack([torch.cat([starts, ends]), torch.cat([ends, starts])])
degrees = torch.zeros(nodes).index_add(0, edges[1], torch.ones(edges.shape[1]))
kinds = (degrees > degrees.median()).long()


class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, 16), nn.Linear(16, 2)

    def forward(self, x, edge_index):
        start, end = edge_index
        x = torch.relu(self.first(torch.zeros_like(x).index_add(0, end, x[start])))
        return self.second(x)


model = Graph()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(30):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(features, edges), kinds)
    loss.backward()
    optimizer.step()
