# expect: nothing
# source: T. Kipf, M. Welling, "Semi-Supervised Classification with Graph Convolutional Networks", 2017, equation 2
import torch
from torch import nn

torch.manual_seed(0)


class Convolution(nn.Module):
    def __init__(self, given, made):
        super().__init__()
        self.project = nn.Linear(given, made)
        self.gate = nn.Linear(2 * given, 1)

    def forward(self, x, edge_index):
        row, col = edge_index
        weight = torch.exp(-self.gate(torch.cat([x[row], x[col]], 1)).squeeze(1).square())
        degree = torch.ones(len(x)).index_add(0, row, weight)
        norm = degree[row].rsqrt() * weight * degree[col].rsqrt()
        h = self.project(x)
        return h + torch.zeros_like(h).index_add(0, col, norm[:, None] * h[row])


net = nn.ModuleList([Convolution(6, 12), Convolution(12, 3)])
opt = torch.optim.Adam(net.parameters(), lr=0.01)
x = torch.randn(70, 6)
edges = torch.randint(70, (2, 350))
for _ in range(6):
    h = x
    for layer in net:
        h = layer(torch.tanh(h), edges)
    loss = nn.functional.cross_entropy(h, x[:, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
