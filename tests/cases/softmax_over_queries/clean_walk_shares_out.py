# expect: nothing
# source: L. Page and others, "The PageRank Citation Ranking", 1999: what a page has is shared out among its links
import torch
from torch import nn

torch.manual_seed(0)


class Shares(nn.Module):
    """Chances of going on along each edge: those of one node add up to 1."""

    def __init__(self, width):
        super().__init__()
        self.score = nn.Linear(2 * width, 1)

    def forward(self, mass, x, edge_index, steps=4):
        src, dst = edge_index
        e = self.score(torch.cat([x[src], x[dst]], dim=1)).exp()
        total = torch.zeros(len(x), 1).index_add(0, src, e)
        chance = e / total[src]
        for _ in range(steps):
            mass = torch.zeros_like(mass).index_add(0, dst, chance * mass[src])
        return mass


x = torch.randn(50, 6)
edges = torch.cat([torch.randint(50, (2, 200)), torch.arange(50).repeat(2, 1)], dim=1)
begun, reached = torch.full((50, 1), 1 / 50), torch.softmax(x[:, :1], dim=0)
walk = Shares(6)
opt = torch.optim.Adam(walk.parameters(), lr=0.02)
for _ in range(6):
    loss = nn.functional.mse_loss(50 * walk(begun, x, edges), 50 * reached)
    opt.zero_grad()
    loss.backward()
    opt.step()
