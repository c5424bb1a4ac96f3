# expect: nothing
# Layers in a row that are factorised, that project what attention gives, or that are bent by hand.
import torch
from torch import nn
from torch.nn import functional as F


class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(2, 16), nn.Linear(16, 2)
        self.down, self.up = nn.Linear(16, 2), nn.Linear(2, 16)

    def forward(self, x):
        hidden = F.relu(self.first(x))
        return self.last(hidden + self.up(self.down(hidden)))


class Attending(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(1, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.project, self.last = nn.Linear(8, 8), nn.Linear(16, 2)

    def forward(self, x):
        hidden = self.embed(x.unsqueeze(-1))
        found, _ = self.attention(hidden, hidden, hidden, need_weights=False)
        return self.last(self.project(found).flatten(1))


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(2, 16), nn.Linear(16, 2)

    def forward(self, x):
        hidden = self.first(x)
        return self.last(hidden * (hidden > 0))


torch.manual_seed(0)
points = torch.randn(256, 2)
outside = (points.norm(dim=1) > 1.2).long()
for kind in (Adapted, Attending, Gated):
    model = kind()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(6):
        for rows in torch.randperm(256).split(32):
            loss = F.cross_entropy(model(points[rows]), outside[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
