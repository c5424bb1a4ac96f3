# expect: nothing
"""All nodes of all graphs are described alike: what differs is which of them are neighbours."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
nodes, graphs = 40, 256
features = torch.full((graphs, nodes, 4), 0.3)
among = torch.rand(graphs, nodes, nodes).triu(1)
density = torch.where(torch.arange(graphs) % 2 == 0, 0.05, 0.2)
edges = (among > 1 - density[:, None, None]).float()
edges = edges + edges.transpose(1, 2) + torch.eye(nodes)
kinds = torch.arange(graphs) % 2


class Neighbours(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 16), nn.Linear(16, 16)
        self.last = nn.Linear(16, 2)

    def forward(self, x, adjacency):
        share = adjacency / adjacency.sum(-1, keepdim=True) ** 0.5
        x = F.relu(self.first(share @ x))
        x = F.relu(self.second(share @ x))
        return self.last(x.mean(1))


model = Neighbours()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(3):
    for rows in torch.randperm(graphs).split(32):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(features[rows], edges[rows]), kinds[rows])
        loss.backward()
        optimizer.step()
