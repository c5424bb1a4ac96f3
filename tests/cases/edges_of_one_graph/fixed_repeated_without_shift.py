# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
NODES = 6


class Conv(nn.Module):
    def __init__(self, given, made):
        super().__init__()
        self.own = nn.Linear(given, made)
        self.near = nn.Linear(given, made, bias=False)

    def forward(self, x, edges):
        start, end = edges
        near = self.near(x)
        return self.own(x) + torch.zeros_like(near).index_add_(0, end, near[start])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Conv(3, 16), Conv(16, 1)

    def forward(self, graphs, edges):
        rows = graphs.reshape(-1, 3)
        hidden = self.first(rows, edges).relu()
        return self.second(hidden, edges).view(len(graphs), NODES)


def batch_edges(edges, batch):
    shift = NODES * torch.arange(batch).repeat_interleave(edges.size(1))
    return edges.repeat(1, batch) + shift


ring = torch.stack([torch.arange(NODES), torch.arange(1, NODES + 1) % NODES])
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    graphs = torch.randn(8, NODES, 3)
    wanted = graphs[..., 0] + graphs.roll(1, 1)[..., 1]
    loss = nn.functional.mse_loss(model(graphs, batch_edges(ring, len(graphs))), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
