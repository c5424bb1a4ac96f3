# expect: nothing
# source: https://github.com/pyg-team/pytorch_geometric/issues/224
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
NODES = 60


def softmax_of_edges(score, index, nodes):
    grown = (score - score.max()).exp()
    total = torch.zeros(nodes, score.shape[1]).index_add(0, index, grown)
    return grown / (total[index] + 1e-12)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(width, width, bias=False)
        self.score = nn.Parameter(torch.randn(1, heads, 2 * width // heads) / 4)

    def forward(self, x, edge_index):
        h = self.project(x).view(len(x), self.heads, -1)
        ends = torch.cat([h[edge_index[1]], h[edge_index[0]]], dim=-1)
        score = F.leaky_relu((ends * self.score).sum(-1), 0.2)
        weight = softmax_of_edges(score, edge_index[1], len(x))
        message = h[edge_index[0]] * weight.unsqueeze(-1)
        return torch.zeros_like(h).index_add(0, edge_index[1], message).flatten(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Attention(8, 4), Attention(8, 2)
        self.said = nn.Linear(8, 3)

    def forward(self, x, edge_index):
        return self.said(self.second(F.elu(self.first(x, edge_index)), edge_index))


x = torch.randn(NODES, 8)
labels = x[:, :3].argmax(1)
edges = torch.randint(NODES, (2, 400))
edges = torch.cat([edges, torch.arange(NODES).repeat(2, 1)], dim=1)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    opt.zero_grad()
    F.cross_entropy(net(x, edges), labels).backward()
    opt.step()
